/** How many buffers wait to be used again. */
const MAX_FREE = 8;

/**
 * Buffers of one size, used again. One that lives long enough to be moved to the old generation is freed by a full collection only, and
 * counts towards the next one: a busy process that makes a new one each time collects its whole heap about once a second.
 */
export class ChunkPool {
  readonly #bytes: number;
  readonly #free: Buffer[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
  }

  /** Takes back a buffer that nobody reads any longer. One of another size is not kept. */
  give(chunk: Buffer): void {
    if (chunk.length === this.#bytes && this.#free.length < MAX_FREE) this.#free.push(chunk);
  }
}
