import type { ServerDocument } from '../../contract/snapshot.ts';
import type { AdmittedCall } from './forwarder.ts';
import { findSubjectKey } from './subject-key.ts';

/** Which protocol eras an upstream speaks to a credential. Absent: not known. */
export interface EraVerdict {
  readonly modern?: boolean;
  readonly legacy?: boolean;
}

interface Entry extends EraVerdict {
  readonly learnedAtMs: number;
}

/** How long a verdict counts, in milliseconds. A wrong `legacy` would succeed silently for ever: the upstream may have been updated. */
const EXPIRY_MS = 24 * 60 * 60_000;

/** How many credentials of one server are remembered. */
const MAX_CREDENTIALS = 10_000;

const UNKNOWN: EraVerdict = {};

/**
 * What was learned about the eras of upstreams, per server and credential: a server behind a router may be another one for another
 * account. Keyed by the snapshot's own object, so whoever changes the server's URL starts anew.
 */
export class EraVerdicts {
  readonly #servers = new WeakMap<ServerDocument, Map<string, Entry>>();

  find(call: AdmittedCall): EraVerdict {
    const entry = this.#servers.get(call.target.server)?.get(findSubjectKey(call.target, call.caller));
    if (entry === undefined || call.exchange.startedAtMs - entry.learnedAtMs > EXPIRY_MS) return UNKNOWN;
    return entry;
  }

  /** Adds what an answer of the upstream showed. What it contradicts gives way; what it says nothing about stays. */
  learn(call: AdmittedCall, facts: EraVerdict): void {
    const entries = this.#servers.get(call.target.server) ?? new Map<string, Entry>();
    this.#servers.set(call.target.server, entries);
    const key = findSubjectKey(call.target, call.caller);
    const known = this.find(call);
    entries.delete(key); // so that the order of the map is the order of learning
    if (entries.size >= MAX_CREDENTIALS) entries.delete(entries.keys().next().value!);
    entries.set(key, { ...known, ...facts, learnedAtMs: Date.now() });
  }

  /** Drops what an answer contradicted without saying what is true instead. */
  forget(call: AdmittedCall): void {
    this.#servers.get(call.target.server)?.delete(findSubjectKey(call.target, call.caller));
  }
}
