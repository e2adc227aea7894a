export { AccessGrantEntity, UserOverrideEntity } from './access-grant.entity.ts';
export {
  AccessGrantResolver,
  McpServerAccessGrantsResolver,
  UserOverrideResolver,
  WorkspaceAccessGrantsResolver,
} from './access-grant.resolver.ts';
export { AccessGrantService } from './access-grant-service.ts';
export { readAccessGrant } from './access-grant-queries.ts';
export { AccessGrantType } from './access-grant.type.ts';
