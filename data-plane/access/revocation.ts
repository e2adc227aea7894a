import { decideServerAccess } from '../../contract/access-decision.ts';
import type { Route, ServerDocument } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Authenticator } from '../request/authenticate.ts';
import type { Caller } from '../request/caller.ts';
import type { Target } from '../request/target.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import { findAccessRules } from './access-view.ts';

/** What a table says of something that lasts: nothing new; its caller may do it still, but sees the server otherwise; they may not. */
export type Fate = 'same' | 'changed' | 'gone';

/** Decides about what a caller opened on a target. */
export type JudgeFate = (target: Target, caller: Caller) => Fate;

/** Keeps something that lasts: streams on which nobody waits for an answer, sessions, calls that wait for their clients. */
export interface Revocable {
  /** Ends what has to end, and nothing else. */
  revoke(judge: JudgeFate): void;
}

/**
 * Ends what lasts when its caller may not do it any longer, with the revision that says so. A stream that was opened under other rules ends
 * too: its client opens it anew, under those that hold. Calls under way go on: each is decided by the revision it was routed by.
 */
export class Revocation {
  readonly #authenticator: Authenticator;
  readonly #clock: Clock;
  readonly #revocables: readonly Revocable[];

  constructor(authenticator: Authenticator, clock: Clock, revocables: readonly Revocable[]) {
    this.#authenticator = authenticator;
    this.#clock = clock;
    this.#revocables = revocables;
  }

  /** To be called with every table that comes into force. Costs two lookups for what no document of it changed. */
  apply(table: RoutingTable): void {
    const nowMs = this.#clock.nowMs();
    const judge: JudgeFate = (target, caller) => this.#judge(table, target, caller, nowMs);
    for (const revocable of this.#revocables) revocable.revoke(judge);
  }

  #judge(table: RoutingTable, target: Target, caller: Caller, nowMs: number): Fate {
    const workspace = table.findWorkspace(target.workspace.id);
    const server = table.findServer(target.server.id);
    const isSame = workspace === target.workspace && server === target.server;
    // What a token rests on is in documents of its own.
    if (isSame && caller.kind === 'API_KEY') return 'same';
    if (!this.#authenticator.isStillValid(table, workspace, caller, nowMs)) return 'gone';
    if (isSame) return 'same';
    const route = workspace?.findRoute(target.server.id);
    if (workspace === undefined || server === undefined || route === undefined) return 'gone';
    if (decideServerAccess(route, caller.subject).access === 'DENY') return 'gone';
    return hasSameView(target, { workspace, server, route }, caller) ? 'same' : 'changed';
  }
}

/** Whether a caller sees a server through the same rules as before, as the same person. */
function hasSameView(before: Target, after: Target, caller: Caller): boolean {
  const [viewBefore, viewAfter] = [findAccessRules(before, caller), findAccessRules(after, caller)];
  if (viewBefore === undefined || viewAfter === undefined) return viewBefore === viewAfter;
  return (
    toRulesText(before.route) === toRulesText(after.route) &&
    toRulesText(before.server) === toRulesText(after.server) &&
    JSON.stringify(viewBefore.caller) === JSON.stringify(viewAfter.caller)
  );
}

/** By the objects of the snapshot: thousands of streams may have the same. */
const texts = new WeakMap<Route | ServerDocument, string>();

function toRulesText(part: Route | ServerDocument): string {
  const known = texts.get(part);
  if (known !== undefined) return known;
  const text = JSON.stringify('kind' in part ? [part.rules, part.capabilities] : [part.rules, part.capabilityPolicy]);
  texts.set(part, text);
  return text;
}
