import type { Viewer } from '../../api/viewer.ts';
import type { ServerQuery } from '../../generated/graphql.ts';

/** A server as its page has read it. */
export type ServerView = NonNullable<ServerQuery['mcpServerBySlug']>;

/** Who may change the server itself: administrators, and managers of the workspace that owns it. */
export function mayChange(viewer: Viewer, server: ServerView): boolean {
  return viewer.isAdmin || (server.workspace != null && viewer.manages(server.workspace.id));
}
