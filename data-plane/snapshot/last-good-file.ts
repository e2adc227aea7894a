// The last snapshot that was applied, on disk, so that a process can start while Redis is away. One file of four parts: a line that
// names the file format, a line of JSON (the index), the bodies one after the other, and the SHA-256 of all that as 64 hex digits.
// The file is replaced as a whole, never edited. Secrets in it are sealed as they are in Redis.
import { createHash, randomUUID, type Hash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { ManifestSchema, type Manifest } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { SavedSnapshot } from './saved-snapshot.ts';

/** Raised when an older version would misread the file. */
const FILE_FORMAT = 1;
const FIRST_LINE = /^sluice-last-good (\d{1,6})$/;
const CHECKSUM_LENGTH = 64;
/** How much is hashed or written before requests get their turn, in bytes: about a millisecond. */
const MAX_BYTES_A_TURN = 1_024 * 1_024;

const IndexSchema = z.object({
  gateway: z.string(),
  manifest: ManifestSchema,
  /** Hash and length in bytes of each body, in the order of the file. */
  bodies: z.array(z.tuple([z.string(), z.number().int().nonnegative()])),
});

/** Why a file is not used. */
export type LastGoodFault =
  | { readonly reason: 'not_readable'; readonly code: string | undefined }
  | { readonly reason: 'damaged' }
  | { readonly reason: 'format_unknown'; readonly format: number }
  /** It is another gateway's. */
  | { readonly reason: 'other_gateway'; readonly gateway: string };

/** The file of one gateway in a folder that is readable by its owner only. */
export class LastGoodFile {
  readonly path: string;
  readonly #gateway: string;

  constructor(stateDir: string, gateway: string) {
    this.path = join(stateDir, `${gateway}.last-good`);
    this.#gateway = gateway;
  }

  /** The saved snapshot, or undefined where there is no file. */
  async read(): Promise<Result<SavedSnapshot | undefined, LastGoodFault>> {
    let bytes: Buffer;
    try {
      bytes = await readFile(this.path);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      return code === 'ENOENT' ? ok(undefined) : err({ reason: 'not_readable', code });
    }
    return this.#parse(bytes);
  }

  /**
   * Replaces the file. It is complete on disk before it gets its name.
   * @param bodies every body the manifest names, by hash.
   * @throws whatever the file system reports.
   */
  async write(manifest: Manifest, bodies: ReadonlyMap<string, Buffer>): Promise<void> {
    await makeStateDir(dirname(this.path));
    // A name of its own, because several replicas may share the folder, each as process 1 of its container.
    const temporary = `${this.path}.${randomUUID()}`;
    try {
      await this.#writeWhole(temporary, manifest, bodies);
      await rename(temporary, this.path);
    } catch (cause) {
      await rm(temporary, { force: true });
      throw cause;
    }
    await syncFolder(dirname(this.path));
  }

  async #writeWhole(path: string, manifest: Manifest, bodies: ReadonlyMap<string, Buffer>): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    try {
      const lengths = [...bodies].map(([hash, body]) => [hash, body.length]);
      const head = `sluice-last-good ${FILE_FORMAT}\n${JSON.stringify({ gateway: this.#gateway, manifest, bodies: lengths })}\n`;
      const hash = createHash('sha256');
      await append(file, hash, [Buffer.from(head), ...bodies.values()]);
      await file.write(hash.digest('hex'));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #parse(bytes: Buffer): Promise<Result<SavedSnapshot, LastGoodFault>> {
    const firstEnd = bytes.indexOf('\n');
    const format = Number(FIRST_LINE.exec(bytes.toString('latin1', 0, Math.max(firstEnd, 0)))?.[1]);
    if (format > FILE_FORMAT) return err({ reason: 'format_unknown', format });
    const checksumAt = bytes.length - CHECKSUM_LENGTH;
    if (Number.isNaN(format) || checksumAt < firstEnd) return err({ reason: 'damaged' });
    if ((await digest(bytes.subarray(0, checksumAt))) !== bytes.toString('latin1', checksumAt)) return err({ reason: 'damaged' });
    const indexEnd = bytes.indexOf('\n', firstEnd + 1);
    const index = IndexSchema.safeParse(JSON.parse(bytes.toString('utf8', firstEnd + 1, indexEnd)));
    if (!index.success) return err({ reason: 'damaged' });
    const { gateway, manifest, bodies } = index.data;
    if (gateway !== this.#gateway) return err({ reason: 'other_gateway', gateway });
    return ok(new SavedSnapshot(manifest, bodies, bytes.subarray(indexEnd + 1, checksumAt)));
  }
}

/** The folder is the owner's alone; folders above it are made with ordinary rights. */
async function makeStateDir(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** Many bodies are small, so they are written together. */
async function append(file: FileHandle, hash: Hash, parts: readonly Buffer[]): Promise<void> {
  let gathered: Buffer[] = [];
  let length = 0;
  for (const [position, part] of parts.entries()) {
    hash.update(part);
    gathered.push(part);
    length += part.length;
    if (length < MAX_BYTES_A_TURN && position < parts.length - 1) continue;
    await file.write(Buffer.concat(gathered));
    gathered = [];
    length = 0;
  }
}

async function digest(bytes: Buffer): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += MAX_BYTES_A_TURN) {
    hash.update(bytes.subarray(at, at + MAX_BYTES_A_TURN));
    await nextTurn();
  }
  return hash.digest('hex');
}

/** Makes the new name itself durable. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
