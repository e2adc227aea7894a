// Trust boundary: the credential that goes upstream. It comes from the control plane, sealed, and is opened here and in `tokens/` and
// nowhere else in this plane. It never reaches a client, a log or a metric; the caller's own credential never goes upstream.
import type { KeyRing } from '../../contract/key-ring.ts';
import { connectionHeadersOwner, openSecret } from '../../contract/sealed-secret.ts';
import type { SnapshotConnection } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { Caller } from '../request/caller.ts';
import type { Exchange } from '../request/exchange.ts';
import type { Rejection } from '../request/rejection.ts';
import type { Target } from '../request/target.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import { NO_CREDENTIAL, type UpstreamCredential } from './credential.ts';
import { findSubject, type Subject } from './subject.ts';
import { TokenCredential, type TokenCredentialOptions } from './tokens/token-credential.ts';

/** A credential, or why there is none. */
type Resolution = Result<UpstreamCredential, Rejection>;

/** What resolving credentials needs of the process. */
export interface CredentialsOptions extends TokenCredentialOptions {
  readonly keyRing: KeyRing;
}

/** Finds the credential of the subject that the server's granularity names. */
export class Credentials {
  readonly #options: CredentialsOptions;
  /** Made once per connection and content: the snapshot keeps a connection's object as long as its content is unchanged. */
  readonly #known = new WeakMap<SnapshotConnection, UpstreamCredential>();

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  /**
   * What to send upstream for this caller; nothing for a server that needs none. At once, unless a token has to be obtained first.
   * @param exchange whose trace shows that.
   */
  resolve(table: RoutingTable, target: Target, caller: Caller, nowMs: number, exchange?: Exchange): Resolution | Promise<Resolution> {
    if (target.server.authentication === 'NONE') return ok(NO_CREDENTIAL);
    const subject = findSubject(target, caller);
    if (!subject.ok) return subject;
    const connection = table.findConnection(target.server.id, subject.value.id);
    if (connection === undefined) return err({ reason: 'connection_missing', subject: subject.value.kind });
    if (connection.needsAuthorization === true) return err({ reason: 'authorization_required', subject: subject.value.kind });
    const known = this.#known.get(connection) ?? this.#make(connection, subject.value);
    if (known instanceof TokenCredential) return prepare(known, nowMs, exchange);
    return 'headers' in known ? ok(known) : known;
  }

  #make(connection: SnapshotConnection, subject: Subject): UpstreamCredential | Resolution {
    const credential =
      connection.sealedHeaders === undefined
        ? new TokenCredential(connection, { reason: 'authorization_required', subject: subject.kind }, this.#options)
        : this.#open(connection, connection.sealedHeaders);
    if ('headers' in credential) this.#known.set(connection, credential);
    return credential;
  }

  #open({ id }: SnapshotConnection, sealedHeaders: string): UpstreamCredential | Resolution {
    const opened = openSecret(this.#options.keyRing, connectionHeadersOwner(id), sealedHeaders);
    if (!opened.ok) return err({ reason: 'connection_unusable', connectionId: id, failure: opened.error.reason });
    return { connectionId: id, headers: Object.entries(JSON.parse(opened.value) as Record<string, string>).flat() };
  }
}

function prepare(credential: TokenCredential, nowMs: number, exchange: Exchange | undefined): Resolution | Promise<Resolution> {
  const prepared = credential.prepare(nowMs, exchange);
  return prepared === undefined ? ok(credential) : prepared.then((outcome) => (outcome.ok ? ok(credential) : outcome));
}
