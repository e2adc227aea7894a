import {
  AccessGrantResolver,
  McpServerAccessGrantsResolver,
  UserOverrideResolver,
  WorkspaceAccessGrantsResolver,
} from './access-grants/index.ts';
import { AccessExplanationResolver } from './access-explanations/index.ts';
import { AccessGrantAccessRulesResolver, AccessRuleResolver, McpServerAccessRulesResolver } from './access-rules/index.ts';
import { ApiKeyResolver, OrganizationApiKeysResolver, UserApiKeysResolver, WorkspaceApiKeysResolver } from './api-keys/index.ts';
import { InteractionResolver, McpServerHealthTrafficResolver } from './interactions/index.ts';
import { AuditEventResolver, ChangeResolver } from './audit/index.ts';
import { CapabilityResolver, McpServerCapabilitiesResolver } from './capabilities/index.ts';
import {
  ConnectionActionsResolver,
  ConnectionResolver,
  McpServerConnectionsResolver,
  UserConnectionsResolver,
  WorkspaceConnectionsResolver,
} from './connections/index.ts';
import {
  AccessGrantCapabilitiesResolver,
  GrantedCapabilityResolver,
  WorkspaceWaitingCapabilitiesResolver,
} from './granted-capabilities/index.ts';
import { NodeResolver } from './http/node.resolver.ts';
import { ViewerResolver } from './http/viewer.resolver.ts';
import { SignInLinkResolver, UserResolver } from './identity/index.ts';
import { IdentityProviderResolver, OrganizationIdentityProvidersResolver } from './identity-providers/index.ts';
import {
  ApiKeyLockdownResolver,
  LockdownResolver,
  McpServerLockdownResolver,
  OrganizationLockdownsResolver,
  UserLockdownResolver,
  WorkspaceLockdownResolver,
} from './lockdowns/index.ts';
import { McpServerResolver, OrganizationMcpServersResolver, WorkspaceMcpServersResolver } from './mcp-servers/index.ts';
import { McpServerHealthResolver } from './mcp-server-health/index.ts';
import { McpServerIconResolver } from './mcp-server-icons/index.ts';
import { McpServerProbeResolver, ProbedServerResolver, RegistrationProbeResolver } from './mcp-server-probes/index.ts';
import { ConsentResolver, UserConsentsResolver } from './oauth/index.ts';
import { OrganizationPeopleResolver, OrganizationResolver, UserOrganizationResolver } from './organizations/index.ts';
import { OrganizationRateLimitsResolver, RateLimitResolver } from './rate-limits/index.ts';
import { SnapshotResolver } from './snapshots/index.ts';
import { OrganizationTrustedIssuersResolver, TrustedIssuerResolver } from './trusted-issuers/index.ts';
import { OrganizationWorkspacesResolver, UserMembershipsResolver, WorkspaceMemberResolver, WorkspaceResolver } from './workspaces/index.ts';

/** Every resolver of the API. The schema is made of these and nothing else. */
export const resolvers = [
  NodeResolver,
  ViewerResolver,
  OrganizationResolver,
  OrganizationPeopleResolver,
  UserOrganizationResolver,
  UserResolver,
  SignInLinkResolver,
  WorkspaceResolver,
  OrganizationWorkspacesResolver,
  UserMembershipsResolver,
  WorkspaceMemberResolver,
  ApiKeyResolver,
  WorkspaceApiKeysResolver,
  UserApiKeysResolver,
  OrganizationApiKeysResolver,
  McpServerResolver,
  McpServerProbeResolver,
  RegistrationProbeResolver,
  ProbedServerResolver,
  McpServerIconResolver,
  McpServerHealthResolver,
  OrganizationMcpServersResolver,
  WorkspaceMcpServersResolver,
  AccessGrantResolver,
  UserOverrideResolver,
  WorkspaceAccessGrantsResolver,
  McpServerAccessGrantsResolver,
  CapabilityResolver,
  McpServerCapabilitiesResolver,
  GrantedCapabilityResolver,
  AccessGrantCapabilitiesResolver,
  WorkspaceWaitingCapabilitiesResolver,
  AccessExplanationResolver,
  AccessRuleResolver,
  McpServerAccessRulesResolver,
  AccessGrantAccessRulesResolver,
  ConnectionActionsResolver,
  ConnectionResolver,
  McpServerConnectionsResolver,
  UserConnectionsResolver,
  WorkspaceConnectionsResolver,
  LockdownResolver,
  OrganizationLockdownsResolver,
  McpServerLockdownResolver,
  WorkspaceLockdownResolver,
  UserLockdownResolver,
  ApiKeyLockdownResolver,
  RateLimitResolver,
  OrganizationRateLimitsResolver,
  ConsentResolver,
  UserConsentsResolver,
  SnapshotResolver,
  IdentityProviderResolver,
  OrganizationIdentityProvidersResolver,
  TrustedIssuerResolver,
  OrganizationTrustedIssuersResolver,
  AuditEventResolver,
  ChangeResolver,
  InteractionResolver,
  McpServerHealthTrafficResolver,
] as const;
