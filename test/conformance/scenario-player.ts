import { Client, SdkError, SdkErrorCode, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { Browser } from '../support/browser.ts';
import { openSignedInBrowser } from '../support/web-sign-in.ts';
import type { Key, Person, Server, World } from '../support/world.ts';
import type { RequirementSet } from './baseline.ts';

/** One scenario, as the suite describes it to a client. */
export const ScenarioSchema = z.object({
  scenario: z.string(),
  /** Of the suite's server. */
  url: z.string(),
  context: z.object({
    client_id: z.string().optional(),
    client_secret: z.string().optional(),
    private_key_pem: z.string().optional(),
    signing_algorithm: z.string().optional(),
    toolCalls: z.array(z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) })).optional(),
  }),
});

type Scenario = z.infer<typeof ScenarioSchema>;

/** A tool to call, with arguments. */
interface ToolCall {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** The suite gives a scenario 30 s. */
const CALL_TIMEOUT_MS = 8_000;

/** How often a person connects a server whose calls then fail. */
const MAX_CONNECTS = 3;

/**
 * Plays scenarios: the suite's server is registered as an upstream, a person connects it where it wants that, and a client of the SDK calls
 * it through the gateway. What the suite sees is what the gateway sends.
 */
export class ScenarioPlayer {
  readonly #world: World;
  readonly #set: RequirementSet;
  readonly #person: Person;
  readonly #key: Key;
  readonly #browser: Browser;

  private constructor(world: World, set: RequirementSet, person: Person, key: Key, browser: Browser) {
    this.#world = world;
    this.#set = set;
    this.#person = person;
    this.#key = key;
    this.#browser = browser;
  }

  static async create(world: World, set: RequirementSet): Promise<ScenarioPlayer> {
    const { issuer, controlPlaneUrl } = world.gateway;
    const person = await world.addPerson();
    const key = await world.addKey({ person });
    const browser = await openSignedInBrowser(world.api, issuer, person.id, new Browser({ [issuer]: controlPlaneUrl }));
    return new ScenarioPlayer(world, set, person, key, browser);
  }

  /** Throws where the gateway does not get in, or a call fails. */
  async play({ scenario, url, context }: Scenario): Promise<void> {
    if (scenario.startsWith('auth/client-credentials')) return this.#useOwnClient(url, context);
    if (!scenario.startsWith('auth/')) return this.#callEverything(await this.#addServer(url, 'NONE'), context);
    const server = await this.#addServer(url, 'OAUTH');
    if (context.client_id !== undefined) await this.#enterClient(server, context);
    for (let connects = 1; ; connects += 1) {
      await this.#connect(server);
      try {
        return await this.#callEverything(server, context);
      } catch (cause) {
        if (connects === MAX_CONNECTS) throw cause;
      }
    }
  }

  async #useOwnClient(url: string, context: Scenario['context']): Promise<void> {
    const server = await this.#addServer(url, 'CLIENT_CREDENTIALS', 'ORGANIZATION');
    const { client_id: clientId, client_secret: clientSecret, private_key_pem: privateKey, signing_algorithm: algorithm } = context;
    await this.#world.api.run(
      `mutation ($input: ConnectionCreateInput!) {
        connectionCreate(input: $input) { snapshotRevision userErrors { code message field } }
      }`,
      {
        input: {
          mcpServerId: server.id,
          subjectId: this.#world.organizationId,
          clientCredentials: { clientId, clientSecret, privateKey, ...(algorithm !== undefined && { algorithm }) },
        },
      },
      'connectionCreate',
    );
    await this.#callEverything(server, context);
  }

  #addServer(
    upstreamUrl: string,
    authentication: 'NONE' | 'OAUTH' | 'CLIENT_CREDENTIALS',
    granularity: 'USER' | 'ORGANIZATION' = 'USER',
  ): Promise<Server> {
    return this.#world.addServer({ upstreamUrl, authentication, granularity: authentication === 'NONE' ? 'ORGANIZATION' : granularity });
  }

  async #enterClient(server: Server, { client_id: clientId, client_secret: clientSecret }: Scenario['context']): Promise<void> {
    await this.#world.api.run(
      `mutation ($id: ID!, $input: McpServerUpdateInput!) {
        mcpServerUpdate(id: $id, input: $input) { snapshotRevision userErrors { code message field } }
      }`,
      { id: server.id, input: { oauth: { clientId, clientSecret } } },
      'mcpServerUpdate',
    );
  }

  /** The suite's authorization server gives consent at once, so one address is all that a person opens. */
  async #connect(server: Server): Promise<void> {
    const { issuer } = this.#world.gateway;
    const page = await this.#browser.open(`${issuer}/connect/${this.#world.workspace.slug}/${server.slug}`);
    const isConnected = page.url.origin === issuer && page.status === 200;
    if (!isConnected) throw new Error(`Not connected: ${page.url.href} (${page.status})\n${page.text}`);
    await this.#world.addKey({ person: this.#person }); // the next revision, by which it can be waited for
  }

  async #callEverything(server: Server, { toolCalls }: Scenario['context']): Promise<void> {
    await this.#world.enforced();
    const mode = this.#set === '2026-07-28' ? 'auto' : 'legacy';
    const client = new Client(
      { name: 'sluice-conformance', version: '1.0.0' },
      { capabilities: { elicitation: { form: { applyDefaults: true } } }, versionNegotiation: { mode } },
    );
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }));
    const requestInit = { headers: { authorization: `Bearer ${this.#key.plain}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit }));
    try {
      const { tools } = await client.listTools();
      const calls: readonly ToolCall[] =
        toolCalls ?? tools.map(({ name, inputSchema }) => ({ name, arguments: toArguments(inputSchema, tools[0]!.inputSchema) }));
      for (const call of calls) await callPatiently(client, call);
      const { resources, prompts } = client.getServerCapabilities() ?? {};
      if (resources !== undefined) for (const { uri } of (await client.listResources()).resources) await client.readResource({ uri });
      if (prompts !== undefined) for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name });
    } finally {
      await client.close();
    }
  }
}

/**
 * What a server asks on the stream that a client opens beside its calls is lost where that stream comes later than the call, directly and
 * through a gateway. Such a call is made again.
 */
async function callPatiently(client: Client, call: ToolCall): Promise<void> {
  const attempt = () => client.callTool({ ...call }, { timeout: CALL_TIMEOUT_MS });
  await attempt().catch((cause: unknown) => {
    if (!(cause instanceof SdkError) || cause.code !== SdkErrorCode.RequestTimeout) throw cause;
    return attempt();
  });
}

const PropertiesSchema = z.record(z.string(), z.object({ type: z.string().optional() }).catch({}));

/** Something of the right type for each parameter. A tool that wants a schema is one that looks at what came through of another's. */
function toArguments({ properties }: { readonly properties?: unknown }, schema: unknown): Record<string, unknown> {
  const known = Object.entries(PropertiesSchema.catch({}).parse(properties));
  return Object.fromEntries(known.map(([name, { type = 'string' }]) => [name, name === 'schema' ? schema : SAMPLES.get(type)]));
}

const SAMPLES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['string', 'text'],
  ['number', 5],
  ['integer', 5],
  ['boolean', true],
  ['array', []],
  ['object', {}],
]);
