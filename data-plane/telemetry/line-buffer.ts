import type { ChunkPool } from './chunk-pool.ts';

/** Numbers below are written digit by digit; they fit into a small integer of V8. */
const BILLION = 1_000_000_000;
const DIGITS_OF_A_BILLION = 9;

const ZERO = 0x30;

/** A character of a text is at most so many bytes. */
const MAX_BYTES_A_CHARACTER = 3;

/** What is collected, as bytes of a buffer that is to be used again. */
export interface CollectedLines {
  readonly bytes: Buffer;
  /** Lets the memory of the bytes be used again. */
  readonly release: () => void;
}

/**
 * Collects lines as bytes. A line has dozens of parts, most of which are the same for thousands of lines: those are copied as the bytes they
 * were made into once. To join them as texts first, and then to encode the whole, takes three times as long and makes garbage of each part.
 */
export class LineBuffer {
  readonly #pool: ChunkPool;
  #chunk: Buffer;
  #length = 0;

  constructor(pool: ChunkPool) {
    this.#pool = pool;
    this.#chunk = pool.take();
  }

  /** In bytes. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that were made before. */
  bytes(part: Buffer): this {
    const at = this.#length;
    if (at + part.length > this.#chunk.length) this.#grow(part.length);
    this.#chunk.set(part, at);
    this.#length = at + part.length;
    return this;
  }

  /** A short text of ASCII and nothing else. */
  ascii(text: string): this {
    const { length } = text;
    const at = this.#length;
    if (at + length > this.#chunk.length) this.#grow(length);
    const chunk = this.#chunk;
    for (let i = 0; i < length; i++) chunk[at + i] = text.charCodeAt(i);
    this.#length = at + length;
    return this;
  }

  /** Any text. */
  text(text: string): this {
    const maxBytes = text.length * MAX_BYTES_A_CHARACTER;
    if (this.#length + maxBytes > this.#chunk.length) this.#grow(maxBytes);
    this.#length += this.#chunk.write(text, this.#length);
    return this;
  }

  number(value: number): this {
    if (value >= 0 && value < BILLION && Number.isInteger(value)) return this.#digits(value, countDigits(value));
    if (!(value >= BILLION && Number.isSafeInteger(value))) return this.ascii(String(value));
    const billions = Math.floor(value / BILLION);
    return this.number(billions).#digits(value - billions * BILLION, DIGITS_OF_A_BILLION);
  }

  /** The bytes from a position on, as a text. */
  read(from: number): string {
    return this.#chunk.toString('utf8', from, this.#length);
  }

  /** The bytes from a position on, to be kept. */
  copy(from: number): Buffer {
    const copy = Buffer.allocUnsafeSlow(this.#length - from); // not a part of a larger one, which would be kept as well
    copy.set(this.#chunk.subarray(from, this.#length));
    return copy;
  }

  /** Hands over what there is, and begins anew. */
  take(): CollectedLines {
    const chunk = this.#chunk;
    const bytes = chunk.subarray(0, this.#length);
    this.#chunk = this.#pool.take();
    this.#length = 0;
    return { bytes, release: () => this.#pool.give(chunk) };
  }

  #digits(value: number, count: number): this {
    const at = this.#length;
    if (at + count > this.#chunk.length) this.#grow(count);
    const chunk = this.#chunk;
    let rest = value | 0;
    for (let i = at + count - 1; i >= at; i--) {
      const tens = (rest / 10) | 0;
      chunk[i] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.#length = at + count;
    return this;
  }

  /** For a line that is longer than what a buffer usually holds. The larger buffer does not go back into the pool. */
  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(2 * (this.#length + bytes));
    larger.set(this.#chunk.subarray(0, this.#length));
    this.#pool.give(this.#chunk);
    this.#chunk = larger;
  }
}

function countDigits(value: number): number {
  let count = 1;
  for (let bound = 10; value >= bound; bound *= 10) count++;
  return count;
}
