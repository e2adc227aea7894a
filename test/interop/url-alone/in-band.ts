import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstLineClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as FirstLineTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { UrlElicitationRequiredError } from '@modelcontextprotocol/sdk/types.js';
import type { World } from '../../support/world.ts';
import { expectSteps, TOOL, type Trials } from './getting-in.ts';
import { BrowsingPerson } from './person.ts';
import type { Place } from './places.ts';

/** A client with a key of its person, connected to a server whose upstream has just withdrawn everything. */
interface Scene {
  readonly url: string;
  readonly requestInit: { readonly headers: Readonly<Record<string, string>> };
  readonly person: BrowsingPerson;
  /** Opens the page that the gateway wants opened, and does what is asked there. */
  readonly visit: (url: string) => Promise<void>;
  readonly withdraw: () => void;
}

const ANSWER = 'This is a simple text response';

/** The gateway asks for the connection within the running call, of clients that open pages for a server, in either era. */
export function listTrialsInBand(world: World, place: Place): Trials {
  const prove = (call: (scene: Scene) => Promise<unknown>) => async () => {
    const scene = await setUp(world, place);
    const answer = JSON.stringify(await call(scene));
    if (!answer.includes(ANSWER)) throw new Error(`the tool answers ${answer.slice(0, 300)}`);
    expectSteps(scene.person, ['upstream']);
  };
  return [
    { name: 'legacy asks', run: prove(callFirstLine) },
    { name: 'modern asks', run: prove(callSecondLine) },
  ];
}

async function setUp(world: World, place: Place): Promise<Scene> {
  const [person, server] = [await BrowsingPerson.create(world), await place.addServer()];
  const { plain } = await world.addKey({ person: { id: person.id, email: '' } });
  const link = `${world.gateway.issuer}/connect/${world.workspace.slug}/${server.slug}`;
  const visit = async (url: string) => {
    if (url !== link) throw new Error(`the gateway leads to ${url}`);
    await person.authorize(url, ({ pathname }) => pathname === '/oauth/upstream/callback');
  };
  await visit(link);
  await world.addKey(); // the next revision, by which it can be waited for
  await world.enforced();
  person.takeSteps();
  const withdraw = () => place.upstream.authorizationServer.revokeGrants();
  return { url: server.url, requestInit: { headers: { authorization: `Bearer ${plain}` } }, person, visit, withdraw };
}

/** MCP 2025-11-25: the call ends with an error that says what to open, and is made again afterwards. */
async function callFirstLine({ url, requestInit, visit, withdraw }: Scene): Promise<unknown> {
  const client = new FirstLineClient({ name: 'sluice-interop', version: '1.0.0' }, { capabilities: { elicitation: { url: {} } } });
  await client.connect(new FirstLineTransport(new URL(url), { requestInit }));
  try {
    withdraw();
    return await client.callTool({ name: TOOL }).catch(async (cause: unknown) => {
      if (!(cause instanceof UrlElicitationRequiredError)) throw cause;
      await visit(cause.elicitations[0]!.url);
      return client.callTool({ name: TOOL });
    });
  } finally {
    await client.close();
  }
}

/** MCP 2026-07-28: the client is asked, and the same call goes on. */
async function callSecondLine({ url, requestInit, visit, withdraw }: Scene): Promise<unknown> {
  const client = new Client(
    { name: 'sluice-interop', version: '1.0.0' },
    { capabilities: { elicitation: { url: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    if (params.mode !== 'url') return { action: 'cancel' };
    await visit(params.url);
    return { action: 'accept' };
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  try {
    withdraw();
    return await client.callTool({ name: TOOL });
  } finally {
    await client.close();
  }
}
