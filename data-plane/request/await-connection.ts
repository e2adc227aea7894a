import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../foundation/clock.ts';
import type { Result } from '../../foundation/result.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import type { UpstreamCredential } from '../upstream/credential.ts';
import type { Credentials } from '../upstream/credentials.ts';
import type { Authenticator } from './authenticate.ts';
import { hasAgreedToConnect } from './connect-question.ts';
import type { Exchange } from './exchange.ts';
import type { Rejection } from './rejection.ts';

/** What waiting needs of the gateway. */
export interface ConnectionWait {
  readonly clock: Clock;
  readonly currentTable: () => RoutingTable | undefined;
  readonly authenticator: Authenticator;
  readonly credentials: Credentials;
}

type Resolution = Result<UpstreamCredential, Rejection>;

/** How long a call waits for its person, in milliseconds: less than clients wait for an answer. */
const MAX_WAIT_MS = 50_000;

/** How often it is looked whether a revision brought the connection, in milliseconds. */
const LOOK_MS = 200;

/** How many calls of a process may wait for their persons. */
const MAX_WAITING = 1_000;

let waiting = 0;

/** Whether the call lacks what its person has just agreed to give. */
export function isBeingConnected(exchange: Exchange, rejection: Rejection): boolean {
  const { reason } = rejection;
  return (reason === 'connection_missing' || reason === 'authorization_required') && hasAgreedToConnect(exchange.message);
}

/** Waits for the revision that brings the connection. The call goes on by the one it was routed by, as long as its caller is still let in. */
export async function awaitConnection(gateway: ConnectionWait, exchange: Exchange, refused: Resolution): Promise<Resolution> {
  if (waiting >= MAX_WAITING) return refused;
  waiting++;
  try {
    const deadlineMs = gateway.clock.nowMs() + MAX_WAIT_MS;
    while (gateway.clock.nowMs() < deadlineMs && !exchange.res.destroyed) {
      const resolution = await resolveAgain(gateway, exchange);
      if (resolution?.ok !== false) return resolution ?? refused;
      await delay(LOOK_MS);
    }
    return refused;
  } finally {
    waiting--;
  }
}

/** By the newest revision; undefined where that does not let the caller in. */
function resolveAgain({ authenticator, clock, credentials, currentTable }: ConnectionWait, { caller, target }: Exchange) {
  const table = currentTable();
  const nowMs = clock.nowMs();
  const workspace = target === undefined ? undefined : table?.findWorkspace(target.workspace.id);
  if (table === undefined || target === undefined || caller === undefined) return undefined;
  return authenticator.isStillValid(table, workspace, caller, nowMs) ? credentials.resolve(table, target, caller, nowMs) : undefined;
}
