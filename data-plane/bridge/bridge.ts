import type { AdmittedCall } from '../upstream/forwarder.ts';

/** Serves calls that cannot be passed through, because the client and the upstream do not speak the same revisions or transport. */
export interface Bridge {
  /**
   * Serves the call and answers the client. What it returns settles before the answer is complete, and rejects only for a bug. A call whose session names another process as its home
   * arrives here only if that process is gone.
   */
  handle(call: AdmittedCall): void | Promise<void>;
  /** Ends what the bridge keeps: sessions, parked calls, upstream streams. For a process that stops. */
  close(): Promise<void>;
}
