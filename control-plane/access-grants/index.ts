export { AccessGrantEntity, UserOverrideEntity, type AccessGrant } from './access-grant.entity.ts';
export {
  AccessGrantResolver,
  McpServerAccessGrantsResolver,
  UserOverrideResolver,
  WorkspaceAccessGrantsResolver,
} from './access-grant.resolver.ts';
export { AccessGrantService, type ApproveWhatWasInUse } from './access-grant-service.ts';
export { readAccessGrant } from './access-grant-queries.ts';
export { AccessGrantType, toAccessGrantType } from './access-grant.type.ts';
