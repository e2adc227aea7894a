import type { Readable } from 'node:stream';

const KEPT_LINES = 20;

/** The last lines that a child wrote, for the moment when it ends unasked. */
export class LogTail {
  readonly #lines: string[] = [];
  #partial = '';

  /** Reads the stream to its end, so that the child never blocks on a full pipe. */
  follow(stream: Readable, onLine: (line: string) => void = () => {}): void {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (this.#partial + text).split('\n');
      this.#partial = lines.pop() ?? '';
      for (const line of lines) {
        this.#lines.push(line);
        onLine(line);
      }
      this.#lines.splice(0, this.#lines.length - KEPT_LINES);
    });
  }

  text(): string {
    return [...this.#lines, this.#partial].join('\n').trim();
  }
}
