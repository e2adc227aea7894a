export { LockdownEntity } from './lockdown.entity.ts';
export { readLockdown } from './lockdown-queries.ts';
export {
  ApiKeyLockdownResolver,
  LockdownResolver,
  McpServerLockdownResolver,
  OrganizationLockdownsResolver,
  UserLockdownResolver,
  WorkspaceLockdownResolver,
} from './lockdown.resolver.ts';
export type { SubjectDocuments } from './lockdown-subject.ts';
export { LockdownService } from './lockdown-service.ts';
