import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';
import type { GuardedFetch } from '../egress/index.ts';
import type { IconImage } from './icon-image.ts';
import { toIconSources } from './icon-sources.ts';
import { readIcon } from './read-icon.ts';

/** What icons are kept with. */
export interface ServerIconsParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly http: GuardedFetch;
}

/** How long the same sources are not asked again, in milliseconds: a server could name somebody else's, and say all the time that it changed. */
const PAUSE_MS = 600_000;

const IS_FRESH = `
  SELECT 1 FROM mcp_server_icons WHERE mcp_server_id = ? AND target = ? AND sources_digest = ? AND read_at > ?`;

/** While a server names the same sources, what could be read of them last stays. */
const STAYS = `excluded.image_hash IS NULL AND kept.target = excluded.target AND kept.sources_digest = excluded.sources_digest`;

const KEEP = `
  INSERT INTO mcp_server_icons AS kept (mcp_server_id, target, sources_digest, read_at, image_hash, content_type, image)
  SELECT s.id, ?, ?, ?, ?, ?, ? FROM mcp_servers s WHERE s.id = ?
  ON CONFLICT (mcp_server_id) DO UPDATE SET
    target = excluded.target, sources_digest = excluded.sources_digest, read_at = excluded.read_at,
    image_hash = CASE WHEN ${STAYS} THEN kept.image_hash ELSE excluded.image_hash END,
    content_type = CASE WHEN ${STAYS} THEN kept.content_type ELSE excluded.content_type END,
    image = CASE WHEN ${STAYS} THEN kept.image ELSE excluded.image END`;

/** A server, as far as its icon depends on it. */
export interface IconOwner {
  readonly id: string;
  readonly canonicalUrl: string;
}

/** Keeps the icons of servers. */
export class ServerIcons {
  readonly #parts: ServerIconsParts;

  constructor(parts: ServerIconsParts) {
    this.#parts = parts;
  }

  /**
   * Reads the icon that a server names, and keeps it.
   * @param declared `icons` as the server said it.
   */
  async keep({ id, canonicalUrl }: IconOwner, declared: unknown): Promise<void> {
    const { clock, http } = this.#parts;
    const em = this.#parts.em.fork();
    const sources = toIconSources(declared, canonicalUrl);
    if (sources.length === 0) return void (await em.execute('DELETE FROM mcp_server_icons WHERE mcp_server_id = ?', [id]));
    const digest = createHash('sha256').update(JSON.stringify(sources)).digest('base64url');
    const fresh = await em.execute<unknown[]>(IS_FRESH, [id, canonicalUrl, digest, new Date(clock.nowMs() - PAUSE_MS)]);
    if (fresh.length > 0) return;
    const image = await readIcon(http, sources);
    const values = image === undefined ? [null, null, null] : [hashImage(image), image.contentType, image.bytes];
    await em.execute(KEEP, [canonicalUrl, digest, new Date(clock.nowMs()), ...values, id]);
  }
}

function hashImage({ bytes }: IconImage): string {
  return createHash('sha256').update(bytes).digest('base64url');
}
