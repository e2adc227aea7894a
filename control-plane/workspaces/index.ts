export { WorkspaceEntity, WorkspaceMemberEntity, type Workspace, type WorkspaceMember } from './workspace.entity.ts';
export { WorkspaceMemberResolver } from './workspace-member.resolver.ts';
export { WorkspaceMemberService } from './workspace-member-service.ts';
export { batchWorkspaces, findWorkspaceDocuments, readWorkspace, readWorkspaceMember } from './workspace-queries.ts';
export { OrganizationWorkspacesResolver, UserMembershipsResolver, WorkspaceResolver } from './workspace.resolver.ts';
export { toResource, WorkspaceService } from './workspace-service.ts';
export { WorkspaceRoleEnum, WorkspaceType } from './workspace.type.ts';
