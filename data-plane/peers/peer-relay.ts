import type { AdmittedCall } from '../upstream/forwarder.ts';

/**
 * What became of a call for another process. `gone`: that process does not live any longer, nothing was sent to the client, and the
 * receiving process has to decide. A call that was relayed to this process is never relayed again: it is `gone` too.
 */
export type RelayOutcome = 'relayed' | 'gone';

/** The other processes of this gateway, as far as calls are handed to them. */
export interface PeerRelay {
  /** The id of this process: unique among all replicas, new at each start, the same as in its gateway report. */
  readonly ownId: string;
  /** Hands the whole request to the process that keeps its state, and streams the answer back unchanged. */
  relay(call: AdmittedCall, home: string): Promise<RelayOutcome>;
  /**
   * Hands the request to the process that owns a key, so that all processes that live agree on one. `gone`: this process serves it, because
   * the key is its own, or the owner cannot be reached.
   */
  relayToOwner(call: AdmittedCall, key: string): Promise<RelayOutcome>;
}
