// An example of docs/guides/build-a-ui.md: lists the servers of an organization, turns one off, waits until that is in force, and goes on
// telling what is changed. Usage: SLUICE_KEY=slc_… node watch-servers.ts <control plane> [--disable <slug>] [--once]

interface UserError {
  readonly code: string;
  readonly message: string;
}

interface Server {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly version: number;
}

interface Page {
  readonly nodes: readonly Server[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const VIEWER = `query { viewer { user { organization { id } } } }`;

const SERVERS = `query ($organizationId: ID!, $first: Int!, $after: String) {
  organization(id: $organizationId) {
    mcpServers(first: $first, after: $after) {
      nodes { id slug name enabled version }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const DISABLE = `mutation ($id: ID!, $expectedVersion: Int) {
  mcpServerDisable(id: $id, expectedVersion: $expectedVersion) { snapshotRevision userErrors { code message } }
}`;

const ENFORCED = `query ($revision: Int!) { snapshotStatus(revision: $revision, timeoutMs: 10000) { isEnforced } }`;

const CHANGES = `subscription ($organizationId: ID!) { changes(organizationId: $organizationId) { kind id action } }`;

const [controlPlane, ...options] = process.argv.slice(2);
const disabled = options.includes('--disable') ? options[options.indexOf('--disable') + 1] : undefined;
const headers = { 'content-type': 'application/json', authorization: `Bearer ${process.env['SLUICE_KEY'] ?? ''}` };

/** Sends an operation. Errors of the request as a whole are thrown; those of an input are in `userErrors`. */
async function send<Data>(query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${controlPlane}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: readonly { message: string }[] };
  if (errors !== undefined || data === undefined) throw new Error(errors?.map(({ message }) => message).join(' ') ?? 'no answer');
  return data;
}

/** Every server, page by page. */
async function* listServers(organizationId: string): AsyncGenerator<Server> {
  let after: string | null = null;
  do {
    const { organization }: { organization: { mcpServers: Page } } = await send(SERVERS, { organizationId, first: 100, after });
    yield* organization.mcpServers.nodes;
    after = organization.mcpServers.pageInfo.hasNextPage ? organization.mcpServers.pageInfo.endCursor : null;
  } while (after !== null);
}

/** Stored is not enforced: resolves once every data plane has the revision. */
async function waitUntilEnforced(revision: number): Promise<void> {
  for (;;) {
    const { snapshotStatus } = await send<{ snapshotStatus: { isEnforced: boolean } }>(ENFORCED, { revision });
    if (snapshotStatus.isEnforced) return;
  }
}

async function disable({ id, version }: Server): Promise<void> {
  const { mcpServerDisable } = await send<{ mcpServerDisable: { snapshotRevision: number | null; userErrors: readonly UserError[] } }>(
    DISABLE,
    {
      id,
      expectedVersion: version,
    },
  );
  if (mcpServerDisable.userErrors.length > 0) throw new Error(mcpServerDisable.userErrors.map(({ message }) => message).join(' '));
  if (mcpServerDisable.snapshotRevision !== null) await waitUntilEnforced(mcpServerDisable.snapshotRevision);
}

/** The data of each event of a stream of server-sent events that is called `next`. */
async function* follow(query: string, variables: object): AsyncGenerator<string> {
  const response = await fetch(`${controlPlane}/graphql/stream`, {
    method: 'POST',
    headers: { ...headers, accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
  });
  if (!response.ok || response.body === null) throw new Error(`The stream was refused: ${response.status}`);
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) if (event.includes('event: next')) yield event.slice(event.indexOf('data: ') + 'data: '.length);
  }
}

const { viewer } = await send<{ viewer: { user: { organization: { id: string } } | null } }>(VIEWER);
const organizationId = viewer.user?.organization.id;
if (organizationId === undefined) throw new Error('The key belongs to no person.');

for await (const server of listServers(organizationId)) {
  process.stdout.write(`${server.slug}: ${server.name}, ${server.enabled ? 'on' : 'off'}\n`);
  if (server.slug !== disabled) continue;
  await disable(server);
  process.stdout.write(`${server.slug} is off, on every gateway\n`);
}

if (!options.includes('--once')) {
  process.stdout.write('watching\n');
  for await (const data of follow(CHANGES, { organizationId })) process.stdout.write(`${data}\n`);
  process.stdout.write('The stream ended: connect again, and read everything again.\n');
}
