import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);

/** What a hash costs, and with it every guess. */
export interface HashCost {
  /** KiB of memory. */
  readonly memory: number;
  readonly passes: number;
}

/** OWASP's first choice for argon2id. Raising it re-hashes each password when its person next signs in. */
export const CURRENT_COST: HashCost = { memory: 19_456, passes: 2 };

/** The version of the algorithm (RFC 9106 section 3.1) that the platform implements. */
const VERSION = 0x13;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
const FORM = /^\$argon2id\$v=(\d{1,3})\$m=(\d{1,9}),t=(\d{1,4}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,88})$/;

/** A hash with everything that is needed to compute it again, in the PHC string format. */
export async function hashPassword(password: string, cost: HashCost = CURRENT_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await compute(password, salt, cost, PARALLELISM, TAG_BYTES);
  return `$argon2id$v=${VERSION}$m=${cost.memory},t=${cost.passes},p=${PARALLELISM}$${encode(salt)}$${encode(tag)}`;
}

/** Whether the hash is of this password. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, version, memory, passes, parallelism, salt, tag] = FORM.exec(hash) ?? [];
  if (tag === undefined || salt === undefined || Number(version) !== VERSION) throw new Error('a stored password hash is malformed');
  const wanted = Buffer.from(tag, 'base64');
  const cost = { memory: Number(memory), passes: Number(passes) };
  return timingSafeEqual(await compute(password, Buffer.from(salt, 'base64'), cost, Number(parallelism), wanted.length), wanted);
}

/** Whether the hash was made at a lower cost than today's. */
export function isOutdated(hash: string, cost: HashCost = CURRENT_COST): boolean {
  const [, , memory, passes] = FORM.exec(hash) ?? [];
  return Number(memory) < cost.memory || Number(passes) < cost.passes;
}

/** Two keyboards may type the same letter by other code points (Unicode Standard Annex 15), and both mean the same password. */
function compute(password: string, nonce: Buffer, { memory, passes }: HashCost, parallelism: number, tagLength: number): Promise<Buffer> {
  return derive('argon2id', { message: password.normalize('NFKC'), nonce, parallelism, tagLength, memory, passes });
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
