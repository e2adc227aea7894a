import type { ControlPlaneClient } from './control-plane-client.ts';
import { operations } from './first-world-operations.ts';
import { StartFault } from './start-fault.ts';

/** What the person at the terminal gets to know of the first start, and never again. */
export interface FirstWorld {
  readonly administratorKey: string;
  /** Opened once, it lets the administrator choose a password. */
  readonly signInUrl: string;
  /** Absent where no sample was wanted. */
  readonly sample?: SampleAccess;
}

export interface SampleAccess {
  readonly serverId: string;
  /** The server's URL on the gateway. */
  readonly url: string;
  readonly memberKey: string;
}

export interface FirstWorldOptions {
  /** Names this first start among all others, so that one that died in the middle is completed and not repeated. */
  readonly startId: string;
  /** The sample's MCP endpoint; absent where none is wanted. */
  readonly sampleUrl?: string;
}

interface Identified {
  readonly id: string;
}

const ORGANIZATION = { slug: 'local', name: 'Local' };
const WORKSPACE = { slug: 'main', name: 'Main' };
const ADMINISTRATOR = { email: 'administrator@example.com', name: 'Administrator' };
const MEMBER = { email: 'member@example.com', name: 'Member' };
const SAMPLE = { slug: 'sample', name: 'Sluice sample server' };
const ENFORCED_TIMEOUT_MS = 30_000;

/** Creates what the first start promises. Whatever is there already is used: a start may have died at any point. */
export async function createFirstWorld(api: ControlPlaneClient, options: FirstWorldOptions): Promise<FirstWorld> {
  const organization = await findOrCreateOrganization(api);
  const workspaceId = await findOrCreateWorkspace(api, organization);
  const administratorId = await findOrCreateUser(api, organization, { ...ADMINISTRATOR, role: 'OWNER' });
  const administratorKey = await createKey(api, options.startId, {
    name: 'Administrator of the first start',
    kind: 'USER',
    userId: administratorId,
    scopes: ['API_READ', 'API_WRITE'],
  });
  await addMember(api, workspaceId, administratorId, 'MANAGER');
  const signInUrl = await createSignInLink(api, administratorId);
  const sample =
    options.sampleUrl === undefined
      ? undefined
      : await createSample(api, { ...options, sampleUrl: options.sampleUrl, organization, workspaceId });
  await waitUntilEnforced(api);
  return { administratorKey, signInUrl, sample };
}

/** Points the registered sample server to where it listens this time. False where somebody has deleted it. */
export async function updateSampleUrl(api: ControlPlaneClient, serverId: string, url: string): Promise<boolean> {
  const server = await api.run<(Identified & { url: string }) | null>(operations.mcpServer, { id: serverId });
  if (server === null) return false;
  if (server.url !== url) await api.run(operations.mcpServerUpdate, { id: serverId, input: { url } });
  return true;
}

/** Only then does what is printed work at once. */
export async function waitUntilEnforced(api: ControlPlaneClient): Promise<void> {
  const variables = { revision: api.revision, timeoutMs: ENFORCED_TIMEOUT_MS };
  const status = await api.run<{ isEnforced: boolean; failure: string | null }>(operations.snapshotStatus, variables);
  if (status.isEnforced) return;
  const why = status.failure === null ? '' : ` ${status.failure}`;
  throw new StartFault(`The data plane has not taken over the configuration within ${ENFORCED_TIMEOUT_MS / 1_000} s.${why}`);
}

async function findOrCreateOrganization(api: ControlPlaneClient): Promise<string> {
  const found = await api.run<Identified | null>(operations.organizationBySlug, { slug: ORGANIZATION.slug });
  if (found !== null) return found.id;
  const { organization } = await api.run<{ organization: Identified }>(operations.organizationCreate, { input: ORGANIZATION });
  return organization.id;
}

async function findOrCreateWorkspace(api: ControlPlaneClient, organizationId: string): Promise<string> {
  const found = await api.run<Identified | null>(operations.workspaceBySlug, { slug: WORKSPACE.slug });
  if (found !== null) return found.id;
  const { workspace } = await api.run<{ workspace: Identified }>(operations.workspaceCreate, { input: { ...WORKSPACE, organizationId } });
  return workspace.id;
}

async function findOrCreateUser(
  api: ControlPlaneClient,
  organizationId: string,
  draft: { email: string; name: string; role: string },
): Promise<string> {
  const found = await api.run<Identified | null>(operations.userByEmail, { organizationId, email: draft.email });
  if (found !== null) return found.id;
  const { user } = await api.run<{ user: Identified }>(operations.userCreate, { input: { ...draft, organizationId } });
  return user.id;
}

async function addMember(api: ControlPlaneClient, workspaceId: string, userId: string, role: 'MANAGER' | 'MEMBER'): Promise<void> {
  await api.run(operations.workspaceMemberAdd, { input: { workspaceId, userIds: [userId], role } }, ['TAKEN']);
}

/** One that an interrupted start made and did not print stops working with it. */
async function createSignInLink(api: ControlPlaneClient, userId: string): Promise<string> {
  const { signInLink } = await api.run<{ signInLink: { url: string } }>(operations.userSignInLinkCreate, { input: { userId } });
  return signInLink.url;
}

interface SampleOptions extends FirstWorldOptions {
  readonly sampleUrl: string;
  readonly organization: string;
  readonly workspaceId: string;
}

async function createSample(api: ControlPlaneClient, options: SampleOptions): Promise<SampleAccess> {
  const { organization: organizationId, workspaceId } = options;
  const memberId = await findOrCreateUser(api, organizationId, { ...MEMBER, role: 'MEMBER' });
  await addMember(api, workspaceId, memberId, 'MEMBER');
  const serverId = await findOrCreateServer(api, organizationId, options.sampleUrl);
  const url = await findOrCreateGrant(api, workspaceId, serverId);
  const memberKey = await createKey(api, options.startId, {
    name: 'Member of the first start',
    kind: 'USER',
    userId: memberId,
    workspaceId,
    scopes: ['MCP'],
  });
  return { serverId, url, memberKey };
}

async function findOrCreateServer(api: ControlPlaneClient, organizationId: string, url: string): Promise<string> {
  const found = await api.run<Identified | null>(operations.mcpServerBySlug, { organizationId, slug: SAMPLE.slug });
  if (found !== null) {
    await updateSampleUrl(api, found.id, url);
    return found.id;
  }
  const input = { ...SAMPLE, organizationId, url, transport: 'STREAMABLE_HTTP', authentication: 'NONE', granularity: 'ORGANIZATION' };
  const { mcpServer } = await api.run<{ mcpServer: Identified }>(operations.mcpServerCreate, { input });
  return mcpServer.id;
}

async function findOrCreateGrant(api: ControlPlaneClient, workspaceId: string, mcpServerId: string): Promise<string> {
  const found = await api.run<{ url: string } | null>(operations.accessGrantByServer, { workspaceId, mcpServerId });
  if (found !== null) return found.url;
  const { accessGrant } = await api.run<{ accessGrant: { url: string } }>(operations.accessGrantCreate, {
    input: { workspaceId, mcpServerId },
  });
  return accessGrant.url;
}

/** The idempotency key makes the control plane repeat its first answer, plain key included, where that was lost. */
async function createKey(
  api: ControlPlaneClient,
  startId: string,
  input: Readonly<Record<string, unknown>> & { readonly name: string },
): Promise<string> {
  const { plainKey } = await api.run<{ plainKey: string }>(operations.apiKeyCreate, { input, idempotencyKey: `${startId}:${input.name}` });
  return plainKey;
}
