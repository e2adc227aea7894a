export type { ApiKeyScope, OrganizationRole, WorkspaceRole } from './roles.ts';
export { toActorName, toChangeAuthor, type Access, type Actor, type WorkspaceSeat } from './access.ts';
export { ACTIONS, type Action } from './actions.ts';
export { authorize, checkScope, decide, type Decision, type Resource } from './authorize.ts';
