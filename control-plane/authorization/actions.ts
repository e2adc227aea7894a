import type { OrganizationRole, WorkspaceRole } from './roles.ts';

/** Who may perform an action on something that belongs to an organization, and perhaps to one workspace of it or to one person. */
export interface ActionRule {
  /** Whether it changes anything: a key needs the scope API_WRITE then, else API_READ. */
  readonly writes: boolean;
  /** Roles in the organization that suffice. */
  readonly organization: readonly OrganizationRole[];
  /** Roles in the workspace that suffice, where the resource belongs to one. */
  readonly workspace: readonly WorkspaceRole[];
  /** Whether it suffices that the resource is the caller's own. */
  readonly own: boolean;
}

const ADMINS: readonly OrganizationRole[] = ['OWNER', 'ADMIN'];
const OVERSEERS: readonly OrganizationRole[] = ['OWNER', 'ADMIN', 'AUDITOR'];
const EVERYBODY: readonly OrganizationRole[] = ['OWNER', 'ADMIN', 'AUDITOR', 'MEMBER'];
const SEATED: readonly WorkspaceRole[] = ['MANAGER', 'MEMBER'];
const MANAGERS: readonly WorkspaceRole[] = ['MANAGER'];

function reads(organization: readonly OrganizationRole[], workspace: readonly WorkspaceRole[] = [], own = false): ActionRule {
  return { writes: false, organization, workspace, own };
}

function writes(organization: readonly OrganizationRole[], workspace: readonly WorkspaceRole[] = [], own = false): ActionRule {
  return { writes: true, organization, workspace, own };
}

/** Everything that can be done through the API. What is not listed cannot be done. */
export const ACTIONS = {
  'viewer.read': reads([], [], true),
  'organization.read': reads(EVERYBODY, SEATED),
  'organization.create': writes([]),
  'organization.update': writes(ADMINS),
  'organization.delete': writes(['OWNER']),
  'user.read': reads(OVERSEERS, MANAGERS, true),
  'user.write': writes(ADMINS),
  'workspace.read': reads(OVERSEERS, SEATED),
  'workspace.create': writes(ADMINS),
  'workspace.update': writes(ADMINS, MANAGERS),
  'workspace.delete': writes(ADMINS),
  'workspace_member.read': reads(OVERSEERS, SEATED),
  'workspace_member.write': writes(ADMINS, MANAGERS),
  'api_key.read': reads(OVERSEERS, MANAGERS, true),
  'api_key.create_service': writes(ADMINS, MANAGERS),
  'api_key.create_own': writes([], [], true),
  'api_key.write': writes(ADMINS, MANAGERS, true),
  'mcp_server.read': reads(OVERSEERS, SEATED),
  'mcp_server.write': writes(ADMINS, MANAGERS),
  'access_grant.read': reads(OVERSEERS, SEATED),
  'access_grant.write': writes(ADMINS, MANAGERS),
  'access_rule.read': reads(OVERSEERS, MANAGERS),
  'access_rule.write': writes(ADMINS, MANAGERS),
  'capability.read': reads(OVERSEERS, MANAGERS),
  'connection.read': reads(OVERSEERS, MANAGERS, true),
  'connection.write': writes(ADMINS, MANAGERS, true),
  'connection.write_own': writes([], [], true),
  'identity_provider.read': reads(OVERSEERS),
  'identity_provider.write': writes(['OWNER']),
  'trusted_issuer.read': reads(OVERSEERS),
  'trusted_issuer.write': writes(ADMINS),
  'rate_limit.read': reads(OVERSEERS, MANAGERS),
  'rate_limit.write': writes(ADMINS, MANAGERS),
  'lockdown.read': reads(OVERSEERS),
  'lockdown.write': writes(ADMINS),
  'consent.read': reads(OVERSEERS, [], true),
  'consent.revoke': writes(ADMINS, [], true),
  'audit_event.read': reads(OVERSEERS),
  'interaction.read': reads(EVERYBODY, SEATED, true),
  'interaction_payload.read': reads(['AUDITOR']),
  'change.read': reads(EVERYBODY, SEATED),
  'gateway.read': reads(EVERYBODY, SEATED, true),
} as const satisfies Record<string, ActionRule>;

/** One of {@link ACTIONS}. */
export type Action = keyof typeof ACTIONS;
