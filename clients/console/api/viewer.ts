import { createContext, useContext } from 'react';
import type { OrganizationRole, ViewerQuery } from '../generated/graphql.ts';

type User = NonNullable<ViewerQuery['viewer']['user']>;

/** The person who is signed in, and what they may see and do. What they may not do is not offered. */
export interface Viewer {
  readonly user: User;
  readonly organizationId: string;
  /** May change everything but who owns the organization. */
  readonly isAdmin: boolean;
  readonly isOwner: boolean;
  /** Sees everything of the organization. */
  readonly isOverseer: boolean;
  /** Manages one workspace at least. */
  readonly isManager: boolean;
  /** The workspaces that they are in. */
  readonly workspaces: readonly { readonly id: string; readonly name: string; readonly slug: string; readonly isManager: boolean }[];
  /** May change what the workspace has. */
  readonly manages: (workspaceId: string) => boolean;
}

const ADMINS: readonly OrganizationRole[] = ['OWNER', 'ADMIN'];

export function toViewer(user: User): Viewer {
  const isAdmin = ADMINS.includes(user.role);
  const workspaces = user.memberships.nodes.map(({ role, workspace }) => ({ ...workspace, isManager: isAdmin || role === 'MANAGER' }));
  const managed = new Set(workspaces.filter((workspace) => workspace.isManager).map(({ id }) => id));
  return {
    user,
    organizationId: user.organization.id,
    isAdmin,
    isOwner: user.role === 'OWNER',
    isOverseer: isAdmin || user.role === 'AUDITOR',
    isManager: managed.size > 0,
    workspaces,
    manages: (workspaceId) => isAdmin || managed.has(workspaceId),
  };
}

const ViewerContext = createContext<Viewer | undefined>(undefined);
export const ViewerProvider = ViewerContext.Provider;

/** Who is signed in. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (viewer === undefined) throw new Error('Nobody is signed in outside the shell.');
  return viewer;
}
