// Trust boundary: whose a request to the API is. A key that is presented decides alone. A browser's session counts only with the token
// that the console's page was given for it, and not at all where the browser says that another site sent the request: a cookie comes
// along with whatever any site makes a browser send.
import type { IncomingMessage } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import { readPersonAccess, type CallerAuthenticator } from '../api-keys/index.ts';
import { toChangeAuthor, type Access } from '../authorization/index.ts';
import { identifyAuthor } from '../database/change-origin.ts';
import { isOwnRequest, type WebSessions } from '../identity/index.ts';

/** Finds out who sends a request: programs by a key, people in the console by the session of their browser. */
export class RequestAuthenticator {
  readonly #keys: CallerAuthenticator;
  readonly #sessions: WebSessions;

  constructor(keys: CallerAuthenticator, sessions: WebSessions) {
    this.#keys = keys;
    this.#sessions = sessions;
  }

  authenticate(em: EntityManager, req: IncomingMessage): Promise<Access> {
    return this.#authenticate(em, req, isOwnRequest);
  }

  /**
   * The same for what changes nothing and no other site can look into: an image of a page brings no token, only the browser's word for
   * where it is shown (Fetch Metadata, section 2.3).
   */
  authenticateReader(em: EntityManager, req: IncomingMessage): Promise<Access> {
    return this.#authenticate(em, req, ({ headers }) => ['same-origin', 'none', undefined].includes(headers['sec-fetch-site']));
  }

  async #authenticate(em: EntityManager, req: IncomingMessage, isOwn: typeof isOwnRequest): Promise<Access> {
    const key = findPresentedKey(req);
    const session = key === undefined ? await this.#sessions.find(req) : undefined;
    if (session !== undefined && isOwn(req, session)) return readPersonAccess(em, session.userId);
    const access = await this.#keys.authenticate(em, key);
    identifyAuthor(toChangeAuthor(access.actor)); // the session of a browser has said so itself
    return access;
  }
}

/** `Authorization: Bearer` (RFC 6750 section 2.1) or `x-sluice-api-key`. */
function findPresentedKey({ headers }: IncomingMessage): string | undefined {
  const own = headers['x-sluice-api-key'];
  if (typeof own === 'string' && own !== '') return own;
  return /^bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
}
