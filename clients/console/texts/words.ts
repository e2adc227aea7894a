import type {
  CapabilityKind,
  ConnectionState,
  McpAuthentication,
  McpGranularity,
  McpServerHealthState,
  McpTransport,
  OrganizationRole,
  WorkspaceRole,
} from '../generated/graphql.ts';

/** One word for each value of an enum, wherever it is shown. */
export const words = {
  off: 'Off',
  authentication: {
    NONE: 'None',
    OAUTH: 'OAuth',
    CLIENT_CREDENTIALS: 'Client credentials',
    CUSTOM_HEADERS: 'Custom headers',
  } satisfies Record<McpAuthentication, string>,
  granularity: { ORGANIZATION: 'Organization', WORKSPACE: 'Workspace', USER: 'Person' } satisfies Record<McpGranularity, string>,
  transport: { STREAMABLE_HTTP: 'Streamable HTTP', SSE: 'HTTP+SSE' } satisfies Record<McpTransport, string>,
  health: { HEALTHY: 'Healthy', UNHEALTHY: 'Unhealthy', UNKNOWN: 'Not checked yet' } satisfies Record<McpServerHealthState, string>,
  connection: {
    CONNECTED: 'Connected',
    EXPIRING: 'Expires soon',
    NEEDS_AUTHORIZATION: 'Not accepted',
    ERROR: 'Error',
  } satisfies Record<ConnectionState, string>,
  organizationRole: { OWNER: 'Owner', ADMIN: 'Administrator', MEMBER: 'Member', AUDITOR: 'Auditor' } satisfies Record<
    OrganizationRole,
    string
  >,
  capability: { TOOL: 'Tool', PROMPT: 'Prompt', RESOURCE: 'Resource', RESOURCE_TEMPLATE: 'Resource template' } satisfies Record<
    CapabilityKind,
    string
  >,
  workspaceRole: { MANAGER: 'Manager', MEMBER: 'Member' } satisfies Record<WorkspaceRole, string>,
  /** How long something took. */
  duration: (ms: number | null | undefined): string => {
    if (ms == null) return '–';
    if (ms < 1) return '< 1 ms';
    return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
  },
} as const;
