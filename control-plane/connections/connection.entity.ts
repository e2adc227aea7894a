import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { Granularity } from '../../contract/snapshot.ts';

/** What may be known of a stored header. */
export interface StoredHeader {
  readonly name: string;
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** A subject's credential for a server. The values exist sealed only. */
export const ConnectionEntity = defineEntity({
  name: 'Connection',
  tableName: 'connections',
  properties: {
    id: p.string().primary(),
    mcpServerId: p.string(),
    /** Of which kind the subject is: the server's granularity when it was stored. */
    subjectKind: p.string().$type<Granularity>(),
    subjectId: p.string(),
    /** See `connectionShard` of the contract. */
    shard: p.string(),
    headers: p.json().$type<StoredHeader[]>(),
    /** Null where the credential is an access token; see `connection_tokens`. */
    sealedHeaders: p.text().nullable(),
    /** The key of the ring that sealed them. */
    sealKeyId: p.string().nullable(),
    /** Who entered it or gave consent last; null where that was no person, or they are gone. */
    connectedById: p.string().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type Connection = InferEntity<typeof ConnectionEntity>;
