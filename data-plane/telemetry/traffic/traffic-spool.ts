// Events that Redis does not take, on disk. Each process has a folder of its own below the state directory, named by its id, with segments
// that are appended to and read from the first to the last. A record is a head of 48 bytes (length of the lines, count, the process that
// reported) and the lines. What a process left behind that is gone, the next one takes over, with the folder. Only the owner can read it.
import { mkdir, open, readdir, rename, rm, rmdir, stat, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrafficBatch } from './traffic-batch.ts';

/** Bytes of a segment: what is sent is given back to the disk in such pieces. */
const SEGMENT_BYTES = 4 * 1024 * 1024;

const HEAD_BYTES = 48;
const ID_BYTES = 39;

/** A longer record is none. */
const MAX_RECORD_BYTES = 2 * 1024 * 1024;

/** About what a batch takes. */
const USUAL_BYTES = 272 * 1024;

/** How often a process says that its folder is in use, and after how long of silence it is anybody's, in milliseconds. */
export const LEASE_RENEWAL_MS = 5_000;
const LEASE_MS = 30_000;

const FOLDER = /^dp_[0-9a-f-]{36}(\+\d+)?$/;
const SEGMENT = /^\d{8}\.events$/;

/** A segment on disk. */
interface Segment {
  readonly path: string;
  bytes: number;
}

/** What does not fit any longer. */
export type SpoolOutcome = 'kept' | 'full' | 'failed';

/** A first-in, first-out store of batches that outlives the process. Calls must not overlap; the sender makes one at a time. */
export class TrafficSpool {
  readonly #root: string;
  readonly #ownId: string;
  readonly #maxBytes: number;
  #segments: Segment[] = [];
  #writing: { readonly file: FileHandle; readonly segment: Segment } | undefined;
  #reading: { readonly file: FileHandle; readonly segment: Segment; offset: number } | undefined;
  #folders: string[] = [];
  #lastSegment = 0;
  #lastFolder = 0;
  #bytes = 0;

  /** @param maxBytes how much is kept at most. */
  constructor(root: string, ownId: string, maxBytes: number) {
    this.#root = root;
    this.#ownId = ownId;
    this.#maxBytes = maxBytes;
  }

  /** How much is kept, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether another batch of the usual size fits. */
  get hasRoom(): boolean {
    return this.#bytes + USUAL_BYTES <= this.#maxBytes;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  /** Takes over the folders whose processes are gone. What they hold comes before what this process adds. */
  async adopt(nowMs: number): Promise<void> {
    for (const name of await list(this.#root, FOLDER)) {
      const path = join(this.#root, name);
      if (this.#folders.includes(path) || !(await isAbandoned(path, nowMs))) continue;
      const own = join(this.#root, `${this.#ownId}+${++this.#lastFolder}`);
      try {
        await rename(path, own);
        await utimes(own, nowMs / 1_000, nowMs / 1_000);
      } catch {
        continue; // another process was faster
      }
      this.#folders.push(own);
      await this.#adoptSegments(own);
    }
  }

  /** Says that the folders are in use. */
  async renewLease(nowMs: number): Promise<void> {
    for (const folder of this.#folders) await utimes(folder, nowMs / 1_000, nowMs / 1_000).catch(ignoreMissing);
  }

  /** Adds a batch behind all others. */
  async push(batch: TrafficBatch, isUrgent = false): Promise<SpoolOutcome> {
    const record = toRecord(batch);
    if (!isUrgent && this.#bytes + record.length > this.#maxBytes) return 'full';
    try {
      const { file, segment } = await this.#openForWriting();
      await file.appendFile(record);
      segment.bytes += record.length;
      this.#bytes += record.length;
      if (segment.bytes >= SEGMENT_BYTES) await this.#finishWriting();
      return 'kept';
    } catch {
      // A full or a broken disk. The next batch begins another segment: this one may end in the middle of a record.
      await this.#finishWriting().catch(() => undefined);
      return 'failed';
    }
  }

  /** The oldest batches, at most so many; they stay until {@link advance}. */
  async peek(most: number): Promise<{ readonly batches: readonly TrafficBatch[]; readonly bytes: number }> {
    for (;;) {
      const [segment] = this.#segments;
      if (segment === undefined) return { batches: [], bytes: 0 };
      const reading = await this.#openForReading(segment);
      const found = reading === undefined ? { batches: [], bytes: 0 } : await readRecords(reading.file, reading.offset, most);
      if (found.batches.length > 0) return found;
      // Read to its end, or to where the process that wrote it was stopped in the middle.
      await this.#drop(segment);
    }
  }

  /** Lets go of so many bytes of what {@link peek} returned. */
  advance(bytes: number): void {
    if (this.#reading !== undefined) this.#reading.offset += bytes;
  }

  /** Closes the files. What is left is anybody's from then on. */
  async close(): Promise<void> {
    await this.#finishWriting();
    await this.#reading?.file.close();
    this.#reading = undefined;
    for (const folder of this.#folders) {
      await rmdir(folder).catch(() => utimes(folder, 0, 0).catch(ignoreMissing)); // only an empty one goes
    }
  }

  async #adoptSegments(folder: string): Promise<void> {
    const adopted: Segment[] = [];
    for (const name of await list(folder, SEGMENT)) {
      const path = join(folder, name);
      adopted.push({ path, bytes: (await stat(path)).size });
    }
    this.#segments = [...adopted, ...this.#segments];
    await this.#reading?.file.close();
    this.#reading = undefined; // what was read of the present segment and not finished is sent again
    this.#bytes = this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async #openForWriting() {
    if (this.#writing !== undefined) return this.#writing;
    const folder = join(this.#root, this.#ownId);
    await mkdir(this.#root, { recursive: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!this.#folders.includes(folder)) this.#folders.push(folder);
    const segment = { path: join(folder, `${String(++this.#lastSegment).padStart(8, '0')}.events`), bytes: 0 };
    this.#writing = { file: await open(segment.path, 'a', 0o600), segment };
    this.#segments.push(segment);
    return this.#writing;
  }

  async #finishWriting(): Promise<void> {
    const writing = this.#writing;
    this.#writing = undefined;
    await writing?.file.close();
  }

  async #openForReading(segment: Segment) {
    if (this.#reading?.segment === segment) return this.#reading;
    await this.#reading?.file.close();
    this.#reading = undefined;
    try {
      this.#reading = { file: await open(segment.path, 'r'), segment, offset: 0 };
    } catch {
      return undefined; // somebody cleared the folder
    }
    return this.#reading;
  }

  async #drop(segment: Segment): Promise<void> {
    if (this.#writing?.segment === segment) await this.#finishWriting();
    if (this.#reading?.segment === segment) {
      await this.#reading.file.close();
      this.#reading = undefined;
    }
    this.#segments = this.#segments.filter((other) => other !== segment);
    this.#bytes = this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
    await rm(segment.path, { force: true });
  }
}

function toRecord({ gatewayId, count, lines }: TrafficBatch): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(lines.length, 0);
  head.writeUInt32BE(count, 4);
  head.write(gatewayId.padEnd(ID_BYTES), 8, 'latin1');
  return Buffer.concat([head, lines]);
}

async function readRecords(file: FileHandle, start: number, most: number) {
  const batches: TrafficBatch[] = [];
  let bytes = 0;
  const head = Buffer.alloc(HEAD_BYTES);
  while (batches.length < most) {
    if ((await file.read(head, 0, HEAD_BYTES, start + bytes)).bytesRead < HEAD_BYTES) break;
    const length = head.readUInt32BE(0);
    if (length > MAX_RECORD_BYTES) break;
    const lines = Buffer.allocUnsafe(length);
    if ((await file.read(lines, 0, length, start + bytes + HEAD_BYTES)).bytesRead < length) break;
    batches.push({ gatewayId: head.toString('latin1', 8, 8 + ID_BYTES).trimEnd(), count: head.readUInt32BE(4), lines });
    bytes += HEAD_BYTES + length;
  }
  return { batches, bytes };
}

async function list(folder: string, pattern: RegExp): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => pattern.test(name)).toSorted();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

async function isAbandoned(folder: string, nowMs: number): Promise<boolean> {
  try {
    return nowMs - (await stat(folder)).mtimeMs > LEASE_MS;
  } catch (cause) {
    ignoreMissing(cause as NodeJS.ErrnoException);
    return false;
  }
}

function ignoreMissing(cause: NodeJS.ErrnoException): void {
  if (cause.code !== 'ENOENT') throw cause;
}
