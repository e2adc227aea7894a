// Trust boundary: the only place in this plane where header values exist in the clear, between the input that carries them and the
// sealed text that is stored. They are opened again only to keep a value that an update does not repeat, and to seal it anew.
import { createHmac } from 'node:crypto';
import type { KeyRing } from '../../contract/key-ring.ts';
import { connectionHeadersOwner, openSecret, sealSecret } from '../../contract/sealed-secret.ts';
import type { Secret } from '../../foundation/secret.ts';
import type { Connection, StoredHeader } from './connection.entity.ts';

/** A name with its value. */
export interface PlainHeader {
  readonly name: string;
  readonly value: string;
}

/** What is stored of a credential. */
export type StoredHeaders = Pick<Connection, 'headers' | 'sealedHeaders' | 'sealKeyId'>;

/** Whose credential it is. */
export type CredentialPlace = Pick<Connection, 'id' | 'mcpServerId' | 'subjectId'>;

/** 96 bits in base64url. */
const FINGERPRINT_LENGTH = 16;

/** Seals and fingerprints header values. */
export class HeaderSealer {
  readonly #ring: KeyRing;
  readonly #fingerprintKey: Secret;

  /** @param fingerprintKey without it, whoever reads fingerprints could guess short values offline. */
  constructor(ring: KeyRing, fingerprintKey: Secret) {
    this.#ring = ring;
    this.#fingerprintKey = fingerprintKey;
  }

  /** @param before what was stored; a value that did not change keeps its date. */
  seal(place: CredentialPlace, plain: readonly PlainHeader[], before: readonly StoredHeader[], nowMs: number): StoredHeaders {
    const sorted = plain.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
    const headers = sorted.map((header) => this.#toStored(place, header, before, nowMs));
    const values = JSON.stringify(Object.fromEntries(sorted.map(({ name, value }) => [name, value])));
    return { headers, sealedHeaders: sealSecret(this.#ring, connectionHeadersOwner(place.id), values), sealKeyId: this.#ring.primaryId };
  }

  open(connection: Pick<Connection, 'id' | 'sealedHeaders'>): PlainHeader[] {
    if (connection.sealedHeaders == null) return [];
    const opened = openSecret(this.#ring, connectionHeadersOwner(connection.id), connection.sealedHeaders);
    if (!opened.ok) throw new Error(`connection ${connection.id} does not open: ${opened.error.reason}`);
    return Object.entries(JSON.parse(opened.value) as Record<string, string>).map(([name, value]) => ({ name, value }));
  }

  /**
   * The same for the same value in the same place only. Otherwise whoever may store values of their own could find out somebody
   * else's by comparing.
   */
  fingerprint({ mcpServerId, subjectId }: Omit<CredentialPlace, 'id'>, { name, value }: PlainHeader): string {
    const text = JSON.stringify([mcpServerId, subjectId, name.toLowerCase(), value]);
    return createHmac('sha256', this.#fingerprintKey.reveal()).update(text).digest('base64url').slice(0, FINGERPRINT_LENGTH);
  }

  #toStored(place: CredentialPlace, header: PlainHeader, before: readonly StoredHeader[], nowMs: number): StoredHeader {
    const fingerprint = this.fingerprint(place, header);
    const known = before.find((stored) => stored.name.toLowerCase() === header.name.toLowerCase());
    const updatedAt = known?.fingerprint === fingerprint ? known.updatedAt : new Date(nowMs).toISOString();
    return { name: header.name, fingerprint, updatedAt };
  }
}
