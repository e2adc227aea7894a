import { hubProbes } from './hub-probes.ts';
import { unique, type Role, type WalkWorld } from './role-walk-world.ts';

/** What a caller learns. `hidden`: exactly what they would learn if there were no such thing. */
export type Learned = 'done' | 'forbidden' | 'hidden' | 'unauthenticated';

/** How one root field is asked, and what each kind of caller should learn. */
export interface Probe {
  readonly query: string;
  readonly variables: (world: WalkWorld) => object | Promise<object>;
  /** Who learns what; whoever is not named learns `rest`. `nobody` is always unauthenticated. */
  readonly done: readonly Role[];
  readonly forbidden?: readonly Role[];
  readonly rest: Learned;
  /** For lists and deletions, which answer everybody: whether the caller was really served. */
  readonly isServed?: (answer: unknown, world: WalkWorld, variables: object) => boolean;
}

const OVERSEERS: readonly Role[] = ['instanceAdmin', 'owner', 'admin', 'auditor'];
const ADMINS: readonly Role[] = ['instanceAdmin', 'owner', 'admin'];
const MANAGERS: readonly Role[] = [...ADMINS, 'manager', 'serviceKey'];
const SEATED: readonly Role[] = [...OVERSEERS, 'manager', 'member', 'serviceKey', 'readOnlyManager'];
/** Callers of the organization who see a workspace, but may not change it. */
const SEATED_WITHOUT_POWER: readonly Role[] = ['auditor', 'member', 'readOnlyManager'];
/** Callers who see a person of the organization, but may not change them. */
const SEES_PEOPLE_ONLY: readonly Role[] = ['auditor', 'manager', 'serviceKey', 'readOnlyManager', 'managerElsewhere'];
/** Callers who know the organization. */
const INSIDERS: readonly Role[] = [...SEATED, 'memberWithoutSeat', 'managerElsewhere'];

const FAULTS = 'userErrors { code }';

function insidersBut(served: readonly Role[]): Role[] {
  return INSIDERS.filter((role) => !served.includes(role));
}

/** A probe for every root field of the API. The walk fails for a field that has none. */
export const probes: Readonly<Record<string, Probe>> = {
  viewer: { query: '{ viewer { kind } }', variables: () => ({}), done: [...INSIDERS, 'ownerOfAnother'], rest: 'hidden' },
  node: {
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    variables: (world) => ({ id: world.workspace.id }),
    done: SEATED,
    rest: 'hidden',
  },
  organization: {
    query: 'query ($id: ID!) { organization(id: $id) { id } }',
    variables: (world) => ({ id: world.organization.id }),
    done: INSIDERS,
    rest: 'hidden',
  },
  organizationBySlug: {
    query: 'query ($slug: String!) { organizationBySlug(slug: $slug) { id } }',
    variables: (world) => ({ slug: world.organization.slug }),
    done: INSIDERS,
    rest: 'hidden',
  },
  organizations: {
    query: '{ organizations(first: 100) { nodes { id } } }',
    variables: () => ({}),
    done: INSIDERS,
    rest: 'hidden',
    isServed: (answer, world) => (answer as { nodes: { id: string }[] }).nodes.some(({ id }) => id === world.organization.id),
  },
  organizationCreate: {
    query: `mutation ($input: OrganizationCreateInput!) { organizationCreate(input: $input) { ${FAULTS} } }`,
    variables: () => ({ input: { slug: unique('org'), name: 'New' } }),
    done: ['instanceAdmin'],
    rest: 'forbidden',
  },
  organizationUpdate: {
    query: `mutation ($id: ID!) { organizationUpdate(id: $id, input: { name: "Renamed" }) { ${FAULTS} } }`,
    variables: (world) => ({ id: world.organization.id }),
    done: ADMINS,
    forbidden: insidersBut(ADMINS),
    rest: 'hidden',
  },
  organizationDelete: {
    // It has workspaces, so whoever may delete it learns that.
    query: `mutation ($id: ID!) { organizationDelete(id: $id) { ${FAULTS} } }`,
    variables: (world) => ({ id: world.organization.id }),
    done: ['instanceAdmin', 'owner'],
    forbidden: insidersBut(['instanceAdmin', 'owner']),
    rest: 'hidden',
    isServed: (answer) => (answer as { userErrors: { code: string }[] }).userErrors[0]?.code === 'HAS_DEPENDENTS',
  },
  user: {
    query: 'query ($id: ID!) { user(id: $id) { id } }',
    variables: (world) => ({ id: world.person.id }),
    done: [...OVERSEERS, 'manager', 'serviceKey', 'readOnlyManager', 'managerElsewhere'],
    rest: 'hidden',
  },
  userByEmail: {
    query: 'query ($organizationId: ID!, $email: String!) { userByEmail(organizationId: $organizationId, email: $email) { id } }',
    variables: (world) => ({ organizationId: world.organization.id, email: world.person.email.toUpperCase() }),
    done: [...OVERSEERS, 'manager', 'serviceKey', 'readOnlyManager', 'managerElsewhere'],
    rest: 'hidden',
  },
  userCreate: {
    query: `mutation ($input: UserCreateInput!) { userCreate(input: $input) { ${FAULTS} } }`,
    variables: (world) => ({ input: { organizationId: world.organization.id, email: `${unique('new')}@example.com`, name: 'New' } }),
    done: ADMINS,
    forbidden: insidersBut(ADMINS),
    rest: 'hidden',
  },
  ...Object.fromEntries(
    (['userUpdate', 'userEnable', 'userDisable'] as const).map((field): [string, Probe] => [
      field,
      {
        query: `mutation ($id: ID!) { ${field}(id: $id${field === 'userUpdate' ? ', input: { name: "Renamed" }' : ''}) { ${FAULTS} } }`,
        variables: (world) => world.addPerson(),
        done: ADMINS,
        forbidden: SEES_PEOPLE_ONLY,
        rest: 'hidden',
      },
    ]),
  ),
  userSignInLinkCreate: {
    query: `mutation ($input: UserSignInLinkCreateInput!) { userSignInLinkCreate(input: $input) { ${FAULTS} } }`,
    variables: async (world) => ({ input: { userId: (await world.addPerson()).id } }),
    done: ADMINS,
    forbidden: SEES_PEOPLE_ONLY,
    rest: 'hidden',
  },
  userDelete: {
    query: `mutation ($id: ID!) { userDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: (world) => world.addPerson(),
    done: ADMINS,
    forbidden: SEES_PEOPLE_ONLY,
    rest: 'hidden',
  },
  workspace: {
    query: 'query ($id: ID!) { workspace(id: $id) { id } }',
    variables: (world) => ({ id: world.workspace.id }),
    done: SEATED,
    rest: 'hidden',
  },
  workspaceBySlug: {
    query: 'query ($slug: String!) { workspaceBySlug(slug: $slug) { id } }',
    variables: (world) => ({ slug: world.workspace.slug }),
    done: SEATED,
    rest: 'hidden',
  },
  workspaceCreate: {
    query: `mutation ($input: WorkspaceCreateInput!) { workspaceCreate(input: $input) { ${FAULTS} } }`,
    variables: (world) => ({ input: { organizationId: world.organization.id, slug: unique('ws'), name: 'New' } }),
    done: ADMINS,
    forbidden: insidersBut(ADMINS),
    rest: 'hidden',
  },
  workspaceUpdate: {
    query: `mutation ($id: ID!) { workspaceUpdate(id: $id, input: { name: "Renamed" }) { ${FAULTS} } }`,
    variables: (world) => ({ id: world.workspace.id }),
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  workspaceDelete: {
    query: `mutation ($id: ID!) { workspaceDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: (world) => world.addWorkspace(),
    done: ADMINS,
    forbidden: ['auditor'],
    rest: 'hidden',
  },
  workspaceMemberAdd: {
    query: `mutation ($input: WorkspaceMemberAddInput!) { workspaceMemberAdd(input: $input) { ${FAULTS} } }`,
    variables: async (world) => ({ input: { workspaceId: world.workspace.id, userIds: [(await world.addPerson()).id] } }),
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  workspaceMemberUpdate: {
    query: `mutation ($id: ID!) { workspaceMemberUpdate(id: $id, input: { role: MEMBER }) { ${FAULTS} } }`,
    variables: (world) => ({ id: world.membershipId }),
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  workspaceMemberRemove: {
    query: `mutation ($input: WorkspaceMemberRemoveInput!) { workspaceMemberRemove(input: $input) { ${FAULTS} } }`,
    variables: (world) => ({ input: { workspaceId: world.workspace.id, userIds: ['usr_nobody'] } }),
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  apiKey: {
    query: 'query ($id: ID!) { apiKey(id: $id) { id } }',
    variables: async (world) => ({ id: await world.addKey() }),
    done: [...OVERSEERS, 'manager', 'serviceKey', 'readOnlyManager'],
    rest: 'hidden',
  },
  apiKeyCreate: {
    query: `mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { ${FAULTS} } }`,
    variables: (world) => ({ input: { kind: 'SERVICE', workspaceId: world.workspace.id, name: 'New', scopes: ['MCP'] } }),
    done: MANAGERS,
    forbidden: SEATED_WITHOUT_POWER,
    rest: 'hidden',
  },
  ...Object.fromEntries(
    (['apiKeyUpdate', 'apiKeyRevoke'] as const).map((field): [string, Probe] => [
      field,
      {
        query: `mutation ($id: ID!) { ${field}(id: $id${field === 'apiKeyUpdate' ? ', input: { name: "Renamed" }' : ''}) { ${FAULTS} } }`,
        variables: async (world) => ({ id: await world.addKey() }),
        done: MANAGERS,
        forbidden: ['auditor', 'readOnlyManager'],
        rest: 'hidden',
      },
    ]),
  ),
  apiKeyDelete: {
    query: `mutation ($id: ID!) { apiKeyDelete(id: $id) { deletedId ${FAULTS} } }`,
    variables: async (world) => ({ id: await world.addKey() }),
    done: MANAGERS,
    forbidden: ['auditor', 'readOnlyManager'],
    rest: 'hidden',
  },
  ...hubProbes,
};
