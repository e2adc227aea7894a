import { hash } from 'node:crypto';
import type { PassThroughSession } from '../mcp/session-id.ts';

/** Where the processes of a gateway tell each other which sessions ended. Rejects while it is away. */
export interface SharedEndings {
  rememberEnd(digest: string): Promise<void>;
  readEnd(digest: string): Promise<boolean>;
}

/** How many endings a process remembers itself. The oldest are forgotten first. */
const REMEMBERED = 20_000;

/**
 * Sessions that their clients ended. An ended session answers 404 for good (MCP 2025-11-25, Transports, Session Management), so whoever
 * finds that an upstream does not know a session has to know whether its client ended it, whichever process served that.
 */
export class EndedSessions {
  readonly #shared: SharedEndings;
  readonly #own = new Set<string>();

  constructor(shared: SharedEndings) {
    this.#shared = shared;
  }

  /** Notes an ending, here at once and everywhere soon: before the upstream has answered the DELETE. */
  note(session: PassThroughSession): void {
    const digest = toDigest(session);
    if (this.#own.size >= REMEMBERED) this.#own.delete(this.#own.values().next().value!);
    this.#own.add(digest);
    this.#shared.rememberEnd(digest).catch(() => undefined); // while Redis is away nobody else opens lost sessions anew
  }

  /** Whether the session may have been ended: also where nobody can be asked. */
  async mayHaveEnded(session: PassThroughSession): Promise<boolean> {
    const digest = toDigest(session);
    return this.#own.has(digest) || this.#shared.readEnd(digest).catch(() => true);
  }
}

function toDigest({ routeId, callerId, upstreamSessionId }: PassThroughSession): string {
  return hash('sha256', JSON.stringify([routeId, callerId, upstreamSessionId]), 'base64url');
}
