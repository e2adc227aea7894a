// Trust boundary: images that strangers made, on the origin of the console. They are sent as what their bytes are and nothing else, to nobody
// but who sees the server, and run nothing wherever they are opened.
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Request, Response } from 'express';
import { AccessError } from '../api/access-error.ts';
import { Loaders } from '../api/loaders.ts';
import { readIconImage } from '../mcp-server-icons/index.ts';
import type { RequestAuthenticator } from './authenticate-request.ts';

/** What icons are served with. */
export interface IconHandlerParts {
  readonly em: EntityManager;
  readonly authenticator: RequestAuthenticator;
}

/** Serves the icons of servers: `/icons/<server>/<hash>`. */
export class IconHandler {
  readonly #parts: IconHandlerParts;

  constructor({ em, authenticator }: IconHandlerParts) {
    this.#parts = { em, authenticator };
  }

  async handle(req: Request<{ serverId: string; hash: string }>, res: Response): Promise<void> {
    const em = this.#parts.em.fork();
    res.set({ 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    res.set('cross-origin-resource-policy', 'same-origin');
    try {
      const access = await this.#parts.authenticator.authenticateReader(em, req);
      const { serverId, hash } = req.params;
      const image = await readIconImage(serverId, hash, { em, access, loaders: new Loaders(em) });
      if (image === null) return void res.status(404).json({ errors: [{ message: 'Not found.' }] });
      // The hash in the path says what is in it. Private, because not everybody may see it.
      res.set({
        'content-type': image.contentType,
        'cache-control': 'private, max-age=31536000, immutable',
        vary: 'cookie, authorization',
      });
      res.end(image.bytes);
    } catch (cause) {
      if (!(cause instanceof AccessError)) throw cause;
      const { code, message } = cause;
      res.status(code === 'UNAUTHENTICATED' ? 401 : 403).json({ errors: [{ message, extensions: { code } }] });
    }
  }
}
