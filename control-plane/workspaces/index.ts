export { WorkspaceEntity, WorkspaceMemberEntity, type Workspace, type WorkspaceMember } from './workspace.entity.ts';
