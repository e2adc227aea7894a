import { ChunkPool } from '../chunk-pool.ts';
import { LineBuffer } from '../line-buffer.ts';

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

/**
 * Bytes and events at which a batch is full, and room for the event that makes it more. What the client of Redis, the kernel and Redis do
 * for a batch costs as much as dozens of its lines, so a busy process sends few large ones.
 */
const FULL_BYTES = 256 * 1024;
const MAX_BATCH_EVENTS = 500;
const CHUNK_BYTES = FULL_BYTES + 8 * 1024;

/** Collects lines. No allocation a line, and no buffer a batch where batches are let go of. */
export class BatchBuilder {
  /** Where the next line is written to. */
  readonly lines = new LineBuffer(new ChunkPool(CHUNK_BYTES));
  readonly #gatewayId: string;
  readonly #onFull: (batch: TrafficBatch) => void;
  #count = 0;

  constructor(gatewayId: string, onFull: (batch: TrafficBatch) => void) {
    this.#gatewayId = gatewayId;
    this.#onFull = onFull;
  }

  /** A line was written, with the line feed that ends it. */
  noteLine(): void {
    this.#count++;
    if (this.#count >= MAX_BATCH_EVENTS || this.lines.length >= FULL_BYTES) this.finish();
  }

  /** Hands over what there is. */
  finish(): void {
    if (this.#count === 0) return;
    const count = this.#count;
    this.#count = 0;
    const { bytes, release } = this.lines.take();
    this.#onFull({ gatewayId: this.#gatewayId, count, lines: bytes, release });
  }
}
