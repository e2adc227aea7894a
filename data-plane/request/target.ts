import type { Route, ServerDocument } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { RoutedWorkspace } from '../snapshot/routed-workspace.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import type { Rejection } from './rejection.ts';

/** The two names in `/:workspace/:server/mcp`. */
export interface TargetNames {
  readonly workspace: string;
  readonly server: string;
}

/** A route with everything that hangs on it. */
export interface Target {
  readonly workspace: RoutedWorkspace;
  readonly route: Route;
  readonly server: ServerDocument;
}

/** Slugs and ids only: no percent-encoding, no dots, nothing that two parsers could read differently. */
const PATH = /^\/([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9_-]{1,64})\/mcp\/?$/;

/** The names in a request's path, or undefined where the path is not of an MCP server. A query is not part of it. */
export function findTargetNames(url: string): TargetNames | undefined {
  const query = url.indexOf('?');
  const [, workspace, server] = PATH.exec(query < 0 ? url : url.slice(0, query)) ?? [];
  return workspace === undefined || server === undefined ? undefined : { workspace, server };
}

/** What the names stand for in one table. Asked only after the caller is known: a stranger must not learn which names exist. */
export function findTarget(table: RoutingTable, workspace: RoutedWorkspace | undefined, names: TargetNames): Result<Target, Rejection> {
  const route = workspace?.findRoute(names.server);
  const server = route === undefined ? undefined : table.findServer(route.serverId);
  return workspace === undefined || route === undefined || server === undefined
    ? err({ reason: 'route_unknown' })
    : ok({ workspace, route, server });
}
