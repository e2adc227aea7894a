import { AccessGrantEntity, UserOverrideEntity } from '../access-grants/index.ts';
import { AccessRuleEntity } from '../access-rules/index.ts';
import { ApiKeyEntity } from '../api-keys/index.ts';
import { AuditEventEntity } from '../audit/index.ts';
import { CapabilityEntity } from '../capabilities/index.ts';
import { ConnectionEntity, ConnectionTokensEntity } from '../connections/index.ts';
import { CapabilityOverrideEntity, GrantedCapabilityEntity } from '../granted-capabilities/index.ts';
import { UserEntity } from '../identity/index.ts';
import { IdentityProviderEntity } from '../identity-providers/index.ts';
import { LockdownEntity } from '../lockdowns/index.ts';
import { McpServerEntity } from '../mcp-servers/index.ts';
import { ConsentEntity } from '../oauth/index.ts';
import { OrganizationEntity } from '../organizations/index.ts';
import { RateLimitEntity } from '../rate-limits/index.ts';
import { TrustedIssuerEntity } from '../trusted-issuers/index.ts';
import { WorkspaceEntity, WorkspaceMemberEntity } from '../workspaces/index.ts';

/** Every table that is mapped to objects. */
export const entities = [
  UserEntity,
  ApiKeyEntity,
  OrganizationEntity,
  WorkspaceEntity,
  WorkspaceMemberEntity,
  McpServerEntity,
  AccessGrantEntity,
  UserOverrideEntity,
  AccessRuleEntity,
  CapabilityEntity,
  CapabilityOverrideEntity,
  GrantedCapabilityEntity,
  LockdownEntity,
  ConnectionEntity,
  TrustedIssuerEntity,
  ConnectionTokensEntity,
  IdentityProviderEntity,
  RateLimitEntity,
  ConsentEntity,
  AuditEventEntity,
] as const;
