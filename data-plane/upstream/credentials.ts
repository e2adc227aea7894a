// Trust boundary: the credential that goes upstream. It comes from the snapshot, sealed, and is opened here and nowhere else
// in this plane. It never reaches a client, a log or a metric; the caller's own credential never goes upstream.
import type { KeyRing } from '../../contract/key-ring.ts';
import { connectionHeadersOwner, openSecret } from '../../contract/sealed-secret.ts';
import type { SnapshotConnection } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { Caller } from '../request/caller.ts';
import type { Rejection } from '../request/rejection.ts';
import type { Target } from '../request/target.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import { NO_CREDENTIAL, type UpstreamCredential } from './credential.ts';

/** Finds and opens the credential of the subject that the server's granularity names. */
export class Credentials {
  readonly #ring: KeyRing;
  /** Opened once per connection and content: the snapshot keeps a connection's object as long as its content is unchanged. */
  readonly #opened = new WeakMap<SnapshotConnection, UpstreamCredential>();

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /** What to send upstream for this caller; nothing for a server that needs none. */
  resolve(table: RoutingTable, target: Target, caller: Caller): Result<UpstreamCredential, Rejection> {
    if (target.server.authentication === 'NONE') return ok(NO_CREDENTIAL);
    const subject = findSubject(target, caller);
    if (!subject.ok) return subject;
    const connection = table.findConnection(target.server.id, subject.value.id);
    if (connection === undefined) return err({ reason: 'connection_missing', serverId: target.server.id, subject: subject.value.kind });
    const known = this.#opened.get(connection);
    return known === undefined ? this.#open(connection) : ok(known);
  }

  #open(connection: SnapshotConnection): Result<UpstreamCredential, Rejection> {
    const opened = openSecret(this.#ring, connectionHeadersOwner(connection.id), connection.sealedHeaders ?? '');
    if (!opened.ok) return err({ reason: 'connection_unusable', connectionId: connection.id, failure: opened.error.reason });
    const credential = { headers: Object.entries(JSON.parse(opened.value) as Record<string, string>).flat() };
    this.#opened.set(connection, credential);
    return ok(credential);
  }
}

interface Subject {
  readonly kind: 'organization' | 'workspace' | 'user';
  readonly id: string;
}

function findSubject(target: Target, caller: Caller): Result<Subject, Rejection> {
  switch (target.server.granularity) {
    case 'ORGANIZATION':
      return ok({ kind: 'organization', id: target.server.organizationId });
    case 'WORKSPACE':
      return ok({ kind: 'workspace', id: target.workspace.id });
    case 'USER':
      return caller.subject.kind === 'USER'
        ? ok({ kind: 'user', id: caller.subject.userId })
        : err({ reason: 'person_required', serverId: target.server.id });
  }
}
