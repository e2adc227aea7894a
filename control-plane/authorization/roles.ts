/** What a person may do in an organization. */
export type OrganizationRole = 'OWNER' | 'ADMIN' | 'MEMBER' | 'AUDITOR';

/** What a person may do in a workspace. */
export type WorkspaceRole = 'MANAGER' | 'MEMBER';

/** What an API key may be used for. */
export type ApiKeyScope = 'MCP' | 'API_READ' | 'API_WRITE';
