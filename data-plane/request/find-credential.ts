import type { Result } from '../../foundation/result.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import type { UpstreamCredential } from '../upstream/credential.ts';
import { awaitConnection, isBeingConnected, type ConnectionWait } from './await-connection.ts';
import type { Caller } from './caller.ts';
import type { Exchange } from './exchange.ts';
import type { Rejection } from './rejection.ts';
import type { Target } from './target.ts';

type Resolution = Result<UpstreamCredential, Rejection>;

/** What goes upstream instead of the client's own credential. At once where it is known; a person who has just agreed to connect is waited for. */
export function findCredential(
  gateway: ConnectionWait,
  table: RoutingTable,
  exchange: Exchange,
  target: Target,
  caller: Caller,
): Resolution | Promise<Resolution> {
  const resolution = gateway.credentials.resolve(table, target, caller, exchange.startedAtMs, exchange);
  const settle = (found: Resolution) =>
    !found.ok && isBeingConnected(exchange, found.error) ? awaitConnection(gateway, exchange, found) : found;
  return resolution instanceof Promise ? resolution.then(settle) : settle(resolution);
}
