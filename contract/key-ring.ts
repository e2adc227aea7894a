import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { ConfigError } from '../foundation/read-config.ts';
import { Secret } from '../foundation/secret.ts';

/** What a derived key is for. A key derived for one purpose opens nothing that was sealed for another. */
export type KeyPurpose = 'secret' | 'session' | 'peer' | 'plane' | 'identity' | 'cookie';

/** Bytes of every key in the ring: AES-256. */
const KEY_BYTES = 32;
const KEY_ID = /^[a-zA-Z0-9_-]{1,32}$/;

/**
 * The symmetric keys both planes share, by id. The first one seals; all of them open, so a key is rotated by putting a
 * new one in front, waiting until everything is sealed anew, and dropping the old one.
 */
export class KeyRing {
  readonly primaryId: string;
  readonly #masters: ReadonlyMap<string, Secret>;
  readonly #derived = new Map<string, Buffer>();
  readonly #cipherKeys = new Map<string, KeyObject>();

  private constructor(primaryId: string, masters: ReadonlyMap<string, Secret>) {
    this.primaryId = primaryId;
    this.#masters = masters;
  }

  /**
   * Reads the form `id:key,id:key`, where a key is 32 bytes in base64 or base64url.
   * @throws {ConfigError} naming the entry that is not usable, never its value.
   */
  static parse(text: string): KeyRing {
    const masters = new Map<string, Secret>();
    for (const [position, entry] of text.split(',').entries()) {
      const separator = entry.indexOf(':');
      const id = entry.slice(0, separator).trim();
      const bytes = Buffer.from(entry.slice(separator + 1).trim(), 'base64');
      const where = `SLUICE_ENCRYPTION_KEYS: entry ${position + 1}`;
      if (separator < 1 || !KEY_ID.test(id))
        throw new ConfigError(`${where} must have the form id:key, with an id of letters, digits, - and _`);
      if (bytes.length !== KEY_BYTES) throw new ConfigError(`${where} (${id}) must be ${KEY_BYTES} bytes in base64; it is ${bytes.length}`);
      if (masters.has(id)) throw new ConfigError(`${where} repeats the id ${id}`);
      masters.set(id, new Secret(bytes.toString('base64')));
    }
    const [primaryId] = masters.keys();
    if (primaryId === undefined) throw new ConfigError('SLUICE_ENCRYPTION_KEYS: needs at least one entry of the form id:key');
    return new KeyRing(primaryId, masters);
  }

  /** Ids in order, the sealing one first. */
  ids(): readonly string[] {
    return [...this.#masters.keys()];
  }

  /** The key of an id for a purpose, derived once (HKDF-SHA256, RFC 5869), or undefined for an id the ring does not have. */
  findKey(id: string, purpose: KeyPurpose): Buffer | undefined {
    const name = `${purpose}:${id}`;
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const master = this.#masters.get(id);
    if (master === undefined) return undefined;
    const key = Buffer.from(hkdfSync('sha256', Buffer.from(master.reveal(), 'base64'), '', `sluice/${purpose}`, KEY_BYTES));
    this.#derived.set(name, key);
    return key;
  }

  /** The same key in the form that ciphers take as it is: that bytes are no such object, Node finds out by an error each time. */
  findCipherKey(id: string, purpose: KeyPurpose): KeyObject | undefined {
    const name = `${purpose}:${id}`;
    const known = this.#cipherKeys.get(name);
    if (known !== undefined) return known;
    const bytes = this.findKey(id, purpose);
    if (bytes === undefined) return undefined;
    const key = createSecretKey(bytes);
    this.#cipherKeys.set(name, key);
    return key;
  }
}
