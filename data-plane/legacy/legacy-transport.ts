import type { ServerDocument } from '../../contract/snapshot.ts';
import type { Result } from '../../foundation/result.ts';
import type { RpcMessage } from '../mcp/json-rpc.ts';
import type { Rejection } from '../request/rejection.ts';
import type { UpstreamCredential } from '../upstream/credential.ts';
import type { ListChanges } from '../upstream/list-changes.ts';
import type { UpstreamPools } from '../upstream/upstream-pools.ts';

/** Where a legacy upstream is, and how it is spoken to. */
export interface LegacyUpstream {
  readonly server: ServerDocument;
  readonly credential: UpstreamCredential;
  readonly pools: UpstreamPools;
  readonly listChanges: ListChanges;
  /** How long the upstream may take until a head arrives, in milliseconds. */
  readonly headTimeoutMs: number;
}

/** What a transport tells the session that uses it. */
export interface LegacyTransportListener {
  /** A message of the upstream. `relatedId` is the id of our request on whose stream it came, where the transport can tell. */
  onMessage(message: RpcMessage, relatedId?: number): void;
  /** The answer to this request of ours will not come any more. The upstream may have worked on it. */
  onAnswerLost(id: number, rejection: Rejection): void;
  /**
   * The session is over: nothing can be sent any more.
   * @param pending what becomes of the requests under way: nothing can come any more, or each has a connection that tells.
   */
  onLost(rejection: Rejection, pending: 'lost' | 'told'): void;
}

/** One session's way to a legacy upstream. */
export interface LegacyTransport {
  /** Opens what has to be open before the first message. */
  open(): Promise<Result<void, Rejection>>;
  /**
   * Sends a message. Refused only where the upstream certainly did not work on it.
   * @param trace headers that say which trace it is part of, names and values in turn.
   */
  send(message: RpcMessage, trace?: readonly string[]): Promise<Result<void, Rejection>>;
  /** Called once the session is initialized: from now on the upstream may send what nobody asked for. */
  listen(protocolVersion: string): void;
  /** Stops waiting for the answer to a request of ours. */
  forget(id: number): void;
  /** Ends the upstream's session and every stream. Never fails: a session that is gone is what was wished. */
  close(): Promise<void>;
}
