import { ChunkPool } from '../chunk-pool.ts';

/** Events of one process, as they travel and as they wait. */
export interface TrafficBatch {
  /** The process that reported them: not this one, where another one left them behind. */
  readonly gatewayId: string;
  /** How many. */
  readonly count: number;
  /** One line each. */
  readonly lines: Buffer;
  /** Lets the memory of the lines be used again. Called by whoever is done with them, if at all. */
  readonly release?: () => void;
}

/** Bytes and events at which a batch is full. */
const MAX_BATCH_BYTES = 48 * 1024;
const MAX_BATCH_EVENTS = 500;

/** A character of a line is at most so many bytes. */
const MAX_BYTES_A_CHARACTER = 3;

/** Collects lines. No allocation a line, and no buffer a batch where batches are let go of. */
export class BatchBuilder {
  readonly #gatewayId: string;
  readonly #onFull: (batch: TrafficBatch) => void;
  readonly #pool = new ChunkPool(MAX_BATCH_BYTES);
  #chunk = this.#pool.take();
  #length = 0;
  #count = 0;

  constructor(gatewayId: string, onFull: (batch: TrafficBatch) => void) {
    this.#gatewayId = gatewayId;
    this.#onFull = onFull;
  }

  /** @param line ends with a line feed. */
  add(line: string): void {
    const maxBytes = line.length * MAX_BYTES_A_CHARACTER;
    if (this.#count >= MAX_BATCH_EVENTS || this.#length + maxBytes > this.#chunk.length) this.finish();
    if (maxBytes > this.#chunk.length) return this.#onFull({ gatewayId: this.#gatewayId, count: 1, lines: Buffer.from(line) });
    this.#length += this.#chunk.write(line, this.#length);
    this.#count++;
  }

  /** Hands over what there is. */
  finish(): void {
    if (this.#count === 0) return;
    const chunk = this.#chunk;
    const lines = chunk.subarray(0, this.#length);
    const batch = { gatewayId: this.#gatewayId, count: this.#count, lines, release: () => this.#pool.give(chunk) };
    this.#chunk = this.#pool.take();
    this.#length = 0;
    this.#count = 0;
    this.#onFull(batch);
  }
}
