import { ApiKeyEntity, UserEntity } from '../identity/index.ts';
import { OrganizationEntity } from '../organizations/index.ts';
import { WorkspaceEntity, WorkspaceMemberEntity } from '../workspaces/index.ts';

/** Every table that is mapped to objects. */
export const entities = [UserEntity, ApiKeyEntity, OrganizationEntity, WorkspaceEntity, WorkspaceMemberEntity] as const;
