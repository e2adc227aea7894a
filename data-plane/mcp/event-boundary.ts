const LF = 0x0a;
const CR = 0x0d;

/**
 * Follows a Server-Sent Events stream just far enough to know whether it stands between two events, where a comment may be
 * inserted without changing any (WHATWG HTML, Server-sent events, section 9.2.6). Keeps four bytes, not the stream.
 */
export class EventBoundary {
  #tail = 0;
  #isEmpty = true;

  /** Notes the bytes that passed. */
  note(chunk: Buffer): void {
    for (let i = Math.max(0, chunk.length - 4); i < chunk.length; i++) this.#tail = ((this.#tail << 8) | chunk[i]!) >>> 0;
    this.#isEmpty &&= chunk.length === 0;
  }

  /** Whether the last event is complete: at the very start, or after an empty line of any of the three line endings. */
  isBetweenEvents(): boolean {
    if (this.#isEmpty) return true;
    const last = this.#tail & 0xff;
    const before = (this.#tail >>> 8) & 0xff;
    if (last === CR) return before === CR;
    if (last !== LF) return false;
    if (before === LF) return true;
    const beforeThat = (this.#tail >>> 16) & 0xff;
    return before === CR && (beforeThat === LF || beforeThat === CR);
  }
}
