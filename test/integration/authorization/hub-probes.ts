import type { Probe } from './role-walk-probes.ts';
import { accessProbes } from './access-probes.ts';
import { unique, type Role } from './role-walk-world.ts';

const OVERSEERS: readonly Role[] = ['instanceAdmin', 'owner', 'admin', 'auditor'];
const ADMINS: readonly Role[] = ['instanceAdmin', 'owner', 'admin'];
const OWNERS: readonly Role[] = ['instanceAdmin', 'owner'];
const MANAGERS: readonly Role[] = [...ADMINS, 'manager', 'serviceKey'];
const SEATED: readonly Role[] = [...OVERSEERS, 'manager', 'member', 'serviceKey', 'readOnlyManager'];
/** Callers who see a server of the hub that is granted to the workspace, but may not change it; a manager sees what they could bring in. */
const SEES_SERVER: readonly Role[] = ['auditor', 'manager', 'member', 'serviceKey', 'readOnlyManager', 'managerElsewhere'];
const SEATED_WITHOUT_POWER: readonly Role[] = ['auditor', 'member', 'readOnlyManager'];
/** Callers who see a workspace's stored credential. */
const SEES_CONNECTION: readonly Role[] = [...OVERSEERS, 'manager', 'serviceKey', 'readOnlyManager'];
/** Everybody with a key: whoever may change something must be able to wait until it is enforced. */
const SIGNED_IN: readonly Role[] = [...SEATED, 'memberWithoutSeat', 'managerElsewhere', 'ownerOfAnother'];

const FAULTS = 'userErrors { code }';
const HEADERS = [{ name: 'X-Api-Key', value: 'value' }];

/** Update, enable and disable of an object, which are for the same callers. */
function changes(type: 'mcpServer' | 'accessGrant', update: string, rest: Omit<Probe, 'query'>): [string, Probe][] {
  const input = { [`${type}Update`]: `, input: { ${update} }`, [`${type}Enable`]: '', [`${type}Disable`]: '' };
  return Object.entries(input).map(([field, change]) => [
    field,
    { query: `mutation ($id: ID!) { ${field}(id: $id${change}) { ${FAULTS} } }`, ...rest },
  ]);
}

/** The servers of the walk are of another kind, which a caller learns who may do this at all. */
function isNotHidden(answer: unknown): boolean {
  return (answer as { userErrors: { code: string }[] }).userErrors[0]?.code !== 'NOT_FOUND';
}

/** Probes for servers, grants, stored credentials and the state of the gateways. */
export const hubProbes: Readonly<Record<string, Probe>> = {
  auditEvents: {
    query: 'query ($organizationId: ID!) { auditEvents(organizationId: $organizationId, first: 1) { nodes { id } } }',
    variables: (world) => ({ organizationId: world.organization.id }),
    done: OVERSEERS,
    forbidden: ['manager', 'member', 'serviceKey', 'readOnlyManager', 'memberWithoutSeat', 'managerElsewhere'],
    rest: 'hidden',
    isServed: (answer) => (answer as { nodes: unknown[] }).nodes.length > 0,
  },
  interaction: {
    query: 'query ($id: ID!) { interaction(id: $id) { id } }',
    variables: async (world) => ({ id: await world.addInteraction() }),
    done: SEES_CONNECTION,
    rest: 'hidden',
  },
  interactions: {
    query: 'query ($organizationId: ID!) { interactions(organizationId: $organizationId, first: 1) { nodes { id } } }',
    variables: async (world) => {
      await world.addInteraction();
      return { organizationId: world.organization.id };
    },
    done: SEES_CONNECTION,
    rest: 'hidden',
    isServed: (answer) => (answer as { nodes: unknown[] }).nodes.length > 0,
  },
  interactionCount: {
    query: 'query ($organizationId: ID!) { interactionCount(organizationId: $organizationId) { count } }',
    variables: async (world) => {
      await world.addInteraction();
      return { organizationId: world.organization.id };
    },
    done: SEES_CONNECTION,
    rest: 'hidden',
    isServed: (answer) => (answer as { count: number }).count > 0,
  },
  interactionPayload: {
    query: 'query ($id: ID!) { interactionPayload(interactionId: $id) { arguments } }',
    variables: async (world) => ({ id: await world.addInteraction() }),
    done: ['instanceAdmin', 'auditor'],
    forbidden: ['owner', 'admin', 'manager', 'serviceKey', 'readOnlyManager'],
    rest: 'hidden',
  },
  usage: {
    query: `query ($organizationId: ID!, $since: DateTimeISO!, $until: DateTimeISO!) {
      usage(organizationId: $organizationId, since: $since, until: $until) { calls }
    }`,
    variables: async (world) => {
      await world.addInteraction();
      const [since, until] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)];
      return { organizationId: world.organization.id, since, until };
    },
    done: SEES_CONNECTION,
    rest: 'hidden',
    isServed: (answer) => (answer as unknown[]).length > 0,
  },
  auditEvent: {
    query: 'query ($id: ID!) { auditEvent(id: $id) { id } }',
    variables: async (world) => ({ id: await world.findAuditEvent() }),
    done: OVERSEERS,
    rest: 'hidden',
  },
  mcpServer: {
    query: 'query ($id: ID!) { mcpServer(id: $id) { id } }',
    variables: (world) => ({ id: world.server.id }),
    done: [...SEATED, 'managerElsewhere'],
    rest: 'hidden',
  },
  mcpServerBySlug: {
    query: 'query ($organizationId: ID!, $slug: String!) { mcpServerBySlug(organizationId: $organizationId, slug: $slug) { id } }',
    variables: (world) => ({ organizationId: world.organization.id, slug: world.server.slug }),
    done: [...SEATED, 'managerElsewhere'],
    rest: 'hidden',
  },
  mcpServerCreate: {
    query: `mutation ($input: McpServerCreateInput!) { mcpServerCreate(input: $input) { ${FAULTS} } }`,
    variables: (world) => ({
      input: { organizationId: world.organization.id, slug: unique('server'), name: 'New', url: 'https://mcp.example/' },
    }),
    done: ADMINS,
    forbidden: [...SEES_SERVER, 'memberWithoutSeat'],
    rest: 'hidden',
  },
  ...Object.fromEntries(
    changes('mcpServer', 'name: "Renamed"', {
      variables: (world) => ({ id: world.server.id }),
      done: ADMINS,
      forbidden: SEES_SERVER,
      rest: 'hidden',
    }),
  ),
  mcpServerProbe: {
    query: `mutation ($input: McpServerProbeInput!) { mcpServerProbe(input: $input) { ${FAULTS} } }`,
    // Nobody listens there, which is an answer too.
    variables: (world) => ({ input: { organizationId: world.organization.id, url: 'http://127.0.0.1:1/mcp' } }),
    done: ADMINS,
    forbidden: [...SEES_SERVER, 'memberWithoutSeat'],
    rest: 'hidden',
  },
  mcpServerDelete: {
    query: `mutation ($id: ID!) { mcpServerDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => {
      const { id } = await world.addServer();
      await world.addGrant(id);
      return { id };
    },
    done: ADMINS,
    forbidden: SEES_SERVER,
    rest: 'hidden',
  },
  accessGrant: {
    query: 'query ($id: ID!) { accessGrant(id: $id) { id } }',
    variables: (world) => ({ id: world.grantId }),
    done: SEATED,
    rest: 'hidden',
  },
  accessGrantByServer: {
    query:
      'query ($workspaceId: ID!, $mcpServerId: ID!) { accessGrantByServer(workspaceId: $workspaceId, mcpServerId: $mcpServerId) { id } }',
    variables: (world) => ({ workspaceId: world.workspace.id, mcpServerId: world.server.id }),
    done: SEATED,
    rest: 'hidden',
  },
  accessGrantCreate: {
    query: `mutation ($input: AccessGrantCreateInput!) { accessGrantCreate(input: $input) { ${FAULTS} } }`,
    variables: async (world) => ({ input: { workspaceId: world.workspace.id, mcpServerId: (await world.addServer()).id } }),
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  ...Object.fromEntries(
    changes('accessGrant', 'defaultUserAccess: ALLOW', {
      variables: async (world) => ({ id: await world.addGrant((await world.addServer()).id) }),
      done: MANAGERS,
      forbidden: SEATED_WITHOUT_POWER,
      rest: 'hidden',
    }),
  ),
  accessGrantDelete: {
    query: `mutation ($id: ID!) { accessGrantDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => ({ id: await world.addGrant((await world.addServer()).id) }),
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  ...accessProbes,
  connection: {
    query: 'query ($id: ID!) { connection(id: $id) { id } }',
    variables: async (world) => ({ id: await world.addConnection() }),
    done: SEES_CONNECTION,
    rest: 'hidden',
  },
  connectionBySubject: {
    query: 'query ($mcpServerId: ID!, $subjectId: ID!) { connectionBySubject(mcpServerId: $mcpServerId, subjectId: $subjectId) { id } }',
    variables: async (world) => {
      const { id: mcpServerId } = await world.addServer();
      await world.addConnection(mcpServerId);
      return { mcpServerId, subjectId: world.workspace.id };
    },
    done: SEES_CONNECTION,
    rest: 'hidden',
  },
  connectionCreate: {
    query: `mutation ($input: ConnectionCreateInput!) { connectionCreate(input: $input) { ${FAULTS} } }`,
    variables: async (world) => {
      const { id: mcpServerId } = await world.addServer();
      await world.addGrant(mcpServerId);
      return { input: { mcpServerId, subjectId: world.workspace.id, headers: HEADERS } };
    },
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  connectionAuthorize: {
    query: `mutation ($mcpServerId: ID!, $subjectId: ID!) {
      connectionAuthorize(mcpServerId: $mcpServerId, subjectId: $subjectId) { ${FAULTS} } }`,
    variables: async (world) => {
      const { id: mcpServerId } = await world.addServer();
      await world.addGrant(mcpServerId);
      return { mcpServerId, subjectId: world.workspace.id };
    },
    isServed: isNotHidden,
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  ...Object.fromEntries(
    ['connectionReconnect', 'connectionTest'].map((field): [string, Probe] => [
      field,
      {
        query: `mutation ($id: ID!) { ${field}(id: $id) { ${FAULTS} } }`,
        variables: async (world) => ({ id: await world.addConnection() }),
        isServed: isNotHidden,
        done: MANAGERS,
        forbidden: ['auditor'],
        rest: 'hidden',
      },
    ]),
  ),
  connectionRevoke: {
    query: `mutation ($id: ID!) { connectionRevoke(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => ({ id: await world.addConnection() }),
    done: MANAGERS,
    forbidden: ['auditor'],
    rest: 'hidden',
  },
  connectionUpdate: {
    query: `mutation ($id: ID!, $input: ConnectionUpdateInput!) { connectionUpdate(id: $id, input: $input) { ${FAULTS} } }`,
    variables: async (world) => ({ id: await world.addConnection(), input: { headers: HEADERS } }),
    done: MANAGERS,
    forbidden: ['auditor'],
    rest: 'hidden',
  },
  connectionDelete: {
    query: `mutation ($id: ID!) { connectionDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => ({ id: await world.addConnection() }),
    done: MANAGERS,
    forbidden: ['auditor'],
    rest: 'hidden',
  },
  identityProvider: {
    query: 'query ($id: ID!) { identityProvider(id: $id) { id } }',
    variables: (world) => ({ id: world.identityProvider.id }),
    done: OVERSEERS,
    rest: 'hidden',
  },
  identityProviderByIssuer: {
    query:
      'query ($organizationId: ID!, $issuer: String!) { identityProviderByIssuer(organizationId: $organizationId, issuer: $issuer) { id } }',
    variables: (world) => ({ organizationId: world.organization.id, issuer: world.identityProvider.issuer }),
    done: OVERSEERS,
    rest: 'hidden',
  },
  identityProviderCreate: {
    query: `mutation ($input: IdentityProviderCreateInput!) { identityProviderCreate(input: $input) { ${FAULTS} } }`,
    variables: (world) => world.describeIdentityProvider().then((input) => ({ input })),
    done: OWNERS,
    forbidden: ['admin', ...SEES_SERVER, 'memberWithoutSeat'],
    rest: 'hidden',
  },
  identityProviderUpdate: {
    query: `mutation ($id: ID!) { identityProviderUpdate(id: $id, input: { name: "Renamed" }) { ${FAULTS} } }`,
    variables: (world) => ({ id: world.identityProvider.id }),
    done: OWNERS,
    forbidden: ['admin', ...SEES_SERVER, 'memberWithoutSeat'],
    rest: 'hidden',
  },
  identityProviderDelete: {
    query: `mutation ($id: ID!) { identityProviderDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => ({ id: (await world.addIdentityProvider()).id }),
    done: OWNERS,
    forbidden: ['admin', ...SEES_SERVER, 'memberWithoutSeat'],
    rest: 'hidden',
  },
  trustedIssuer: {
    query: 'query ($id: ID!) { trustedIssuer(id: $id) { id } }',
    variables: (world) => ({ id: world.trustedIssuer.id }),
    done: OVERSEERS,
    rest: 'hidden',
  },
  trustedIssuerByIssuer: {
    query:
      'query ($organizationId: ID!, $issuer: String!) { trustedIssuerByIssuer(organizationId: $organizationId, issuer: $issuer) { id } }',
    variables: (world) => ({ organizationId: world.organization.id, issuer: world.trustedIssuer.issuer }),
    done: OVERSEERS,
    rest: 'hidden',
  },
  trustedIssuerCreate: {
    query: `mutation ($input: TrustedIssuerCreateInput!) { trustedIssuerCreate(input: $input) { ${FAULTS} } }`,
    variables: (world) => ({ input: world.describeTrustedIssuer() }),
    done: ADMINS,
    forbidden: [...SEES_SERVER, 'memberWithoutSeat'],
    rest: 'hidden',
  },
  trustedIssuerUpdate: {
    query: `mutation ($id: ID!) { trustedIssuerUpdate(id: $id, input: { userClaim: "email" }) { ${FAULTS} } }`,
    variables: (world) => ({ id: world.trustedIssuer.id }),
    done: ADMINS,
    forbidden: [...SEES_SERVER, 'memberWithoutSeat'],
    rest: 'hidden',
  },
  trustedIssuerDelete: {
    query: `mutation ($id: ID!) { trustedIssuerDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => ({ id: (await world.addTrustedIssuer()).id }),
    done: ADMINS,
    forbidden: [...SEES_SERVER, 'memberWithoutSeat'],
    rest: 'hidden',
  },
  rateLimit: {
    query: 'query ($id: ID!) { rateLimit(id: $id) { id } }',
    variables: async (world) => ({ id: (await world.addRateLimit()).id }),
    done: SEES_CONNECTION,
    rest: 'hidden',
  },
  rateLimitByName: {
    query: 'query ($organizationId: ID!, $name: String!) { rateLimitByName(organizationId: $organizationId, name: $name) { id } }',
    variables: async (world) => ({ organizationId: world.organization.id, name: (await world.addRateLimit()).name }),
    done: SEES_CONNECTION,
    rest: 'hidden',
  },
  rateLimitCreate: {
    query: `mutation ($input: RateLimitCreateInput!) { rateLimitCreate(input: $input) { ${FAULTS} } }`,
    variables: (world) => {
      const place = { organizationId: world.organization.id, workspaceId: world.workspace.id };
      return { input: { ...place, name: unique('limit'), maxConcurrent: 1 } };
    },
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  rateLimitUpdate: {
    query: `mutation ($id: ID!) { rateLimitUpdate(id: $id, input: { maxConcurrent: 2 }) { ${FAULTS} } }`,
    variables: async (world) => ({ id: (await world.addRateLimit()).id }),
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  rateLimitDelete: {
    query: `mutation ($id: ID!) { rateLimitDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => ({ id: (await world.addRateLimit()).id }),
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  consent: {
    query: 'query ($id: ID!) { consent(id: $id) { id } }',
    variables: async (world) => ({ id: await world.addConsent() }),
    done: OVERSEERS,
    rest: 'hidden',
  },
  consentRevoke: {
    query: `mutation ($id: ID!) { consentRevoke(id: $id) { deletedId: revokedId ${FAULTS} } }`,
    variables: async (world) => ({ id: await world.addConsent() }),
    done: ADMINS,
    forbidden: ['auditor'],
    rest: 'hidden',
  },
  gateways: { query: '{ gateways { id } }', variables: () => ({}), done: SIGNED_IN, rest: 'hidden' },
  snapshotStatus: {
    query: '{ snapshotStatus(revision: 0) { isEnforced } }',
    variables: () => ({}),
    done: SIGNED_IN,
    rest: 'hidden',
  },
};
