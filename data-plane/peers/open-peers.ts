import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyRing } from '../../contract/key-ring.ts';
import { HttpPeerRelay } from './http-peer-relay.ts';
import { LivingPeers } from './living-peers.ts';
import { PeerDirectory } from './peer-directory.ts';
import { PeerListener } from './peer-listener.ts';
import type { PeerRelay } from './peer-relay.ts';
import { PeerTokens } from './peer-tokens.ts';

/** What a process needs to take part. */
export interface PeerParts {
  readonly processId: string;
  /** The address to listen on and to be reached at. */
  readonly host: string;
  readonly keyRing: KeyRing;
  /** The report of a process as it stands in Redis; null where there is none. Rejects while Redis is away. */
  readonly readReport: (processId: string) => Promise<string | null>;
  /** The reports of all processes by their ids. Rejects while Redis is away. */
  readonly readReports: () => Promise<Readonly<Record<string, string>>>;
  /** Serves a request that another process received. */
  readonly serve: (req: IncomingMessage, res: ServerResponse) => void;
}

/** A process that takes part. */
export interface OpenPeers {
  readonly relay: PeerRelay;
  /** Where the others reach this process, without a path. */
  readonly url: string;
  /** Ends streams on which nobody waits for an answer, and lets what is served for other processes finish, until the deadline in milliseconds from now. */
  drain(deadlineMs: number): Promise<void>;
  /** Hands over nothing any longer. */
  close(): Promise<void>;
}

/** Starts to listen for other processes of the gateway. */
export async function openPeers({ processId, host, keyRing, readReport, readReports, serve }: PeerParts): Promise<OpenPeers> {
  const tokens = new PeerTokens(keyRing);
  const relay = new HttpPeerRelay({
    ownId: processId,
    tokens,
    directory: new PeerDirectory(readReport),
    living: new LivingPeers(readReports),
  });
  const listener = new PeerListener({ ownId: processId, tokens, serve });
  const url = await listener.listen(host);
  return {
    relay,
    url,
    drain(deadlineMs) {
      relay.endStandalone();
      return listener.drain(deadlineMs);
    },
    close: () => relay.close(),
  };
}
