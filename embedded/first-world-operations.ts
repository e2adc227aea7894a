// The operations that the first start sends. A test checks them against schema.graphql.

const OUTCOME = 'snapshotRevision userErrors { code message }';

export const operations = {
  organizationBySlug: 'query ($slug: String!) { organizationBySlug(slug: $slug) { id } }',
  organizationCreate: `mutation ($input: OrganizationCreateInput!) { organizationCreate(input: $input) { organization { id } ${OUTCOME} } }`,
  workspaceBySlug: 'query ($slug: String!) { workspaceBySlug(slug: $slug) { id } }',
  workspaceCreate: `mutation ($input: WorkspaceCreateInput!) { workspaceCreate(input: $input) { workspace { id } ${OUTCOME} } }`,
  userByEmail: 'query ($organizationId: ID!, $email: String!) { userByEmail(organizationId: $organizationId, email: $email) { id } }',
  userCreate: `mutation ($input: UserCreateInput!) { userCreate(input: $input) { user { id } ${OUTCOME} } }`,
  workspaceMemberAdd: `mutation ($input: WorkspaceMemberAddInput!) { workspaceMemberAdd(input: $input) { ${OUTCOME} } }`,
  mcpServer: 'query ($id: ID!) { mcpServer(id: $id) { id url } }',
  mcpServerBySlug:
    'query ($organizationId: ID!, $slug: String!) { mcpServerBySlug(organizationId: $organizationId, slug: $slug) { id url } }',
  mcpServerCreate: `mutation ($input: McpServerCreateInput!) { mcpServerCreate(input: $input) { mcpServer { id url } ${OUTCOME} } }`,
  mcpServerUpdate: `mutation ($id: ID!, $input: McpServerUpdateInput!) { mcpServerUpdate(id: $id, input: $input) { ${OUTCOME} } }`,
  accessGrantByServer:
    'query ($workspaceId: ID!, $mcpServerId: ID!) { accessGrantByServer(workspaceId: $workspaceId, mcpServerId: $mcpServerId) { url } }',
  accessGrantCreate: `mutation ($input: AccessGrantCreateInput!) { accessGrantCreate(input: $input) { accessGrant { url } ${OUTCOME} } }`,
  apiKeyCreate: `mutation ($input: ApiKeyCreateInput!, $idempotencyKey: String!) {
    apiKeyCreate(input: $input, idempotencyKey: $idempotencyKey) { plainKey ${OUTCOME} }
  }`,
  userSignInLinkCreate: `mutation ($input: UserSignInLinkCreateInput!) {
    userSignInLinkCreate(input: $input) { signInLink { url } ${OUTCOME} }
  }`,
  snapshotStatus:
    'query ($revision: Int!, $timeoutMs: Int!) { snapshotStatus(revision: $revision, timeoutMs: $timeoutMs) { isEnforced failure } }',
} as const;
