import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the built console. */
export interface ConsoleFile {
  readonly contentType: string;
  /** Below the folder. */
  readonly name: string;
  /** Suffixes of the compressed copies that the build made, best first. */
  readonly encodings: readonly Encoding[];
}

/** How a copy is compressed, as `Accept-Encoding` names it. */
export interface Encoding {
  readonly token: 'br' | 'gzip';
  readonly suffix: '.br' | '.gz';
}

const ENCODINGS: readonly Encoding[] = [
  { token: 'br', suffix: '.br' },
  { token: 'gzip', suffix: '.gz' },
];

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** What `npm run build` made of the console: beside the built planes, so there is none where the planes run from their sources. */
export class ConsoleFiles {
  readonly #folder: string;
  readonly #files: ReadonlyMap<string, ConsoleFile>;
  /** The page that every address of the console answers with. */
  readonly page: string;

  private constructor(folder: string, page: string, files: ReadonlyMap<string, ConsoleFile>) {
    this.#folder = folder;
    this.page = page;
    this.#files = files;
  }

  /** Undefined where the console was not built. */
  static async read(folder = fileURLToPath(new URL('../../console/', import.meta.url))): Promise<ConsoleFiles | undefined> {
    const page = await readFile(path.join(folder, 'index.html'), 'utf8').catch(() => undefined); // not built
    if (page === undefined) return undefined;
    const names = await readdir(path.join(folder, 'assets'));
    return new ConsoleFiles(folder, page, toFiles(names));
  }

  /** Only what was there at the start is found: a name that leaves the folder names nothing. */
  find(name: string): ConsoleFile | undefined {
    return this.#files.get(name);
  }

  load(file: ConsoleFile, encoding: Encoding | undefined): Promise<Buffer> {
    return readFile(path.join(this.#folder, 'assets', file.name + (encoding?.suffix ?? '')));
  }
}

function toFiles(names: readonly string[]): Map<string, ConsoleFile> {
  const all = new Set(names);
  return new Map(
    names.flatMap((name): [string, ConsoleFile][] => {
      const contentType = CONTENT_TYPES[path.extname(name)];
      const encodings = ENCODINGS.filter(({ suffix }) => all.has(name + suffix));
      return contentType === undefined ? [] : [[name, { name, contentType, encodings }]];
    }),
  );
}
