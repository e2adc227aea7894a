import { mkdirSync, renameSync, rmSync, createWriteStream, type WriteStream } from 'node:fs';
import path from 'node:path';

const MAX_BYTES = 10_485_760;

/** A service's log on disk: the file and, once that is full, the one before it. A new run starts a new file. */
export class LogFile {
  readonly path: string;
  #stream: WriteStream;
  #bytes = 0;

  constructor(file: string) {
    this.path = file;
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.#stream = this.#next();
  }

  write(line: string): void {
    this.#bytes += Buffer.byteLength(line) + 1;
    this.#stream.write(`${line}\n`);
    if (this.#bytes > MAX_BYTES) {
      this.#stream.end();
      this.#stream = this.#next();
    }
  }

  close(): void {
    this.#stream.end();
  }

  #next(): WriteStream {
    this.#bytes = 0;
    try {
      renameSync(this.path, `${this.path}.1`);
    } catch {
      rmSync(this.path, { force: true }); // there was none, or it cannot be kept
    }
    // A full disk must not stop what is being logged.
    return createWriteStream(this.path, { flags: 'w', mode: 0o600 }).on('error', () => undefined);
  }
}
