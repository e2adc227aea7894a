import type { EntityManager } from '@mikro-orm/postgresql';
import { noteRevision } from '../database/change-notes.ts';
import type { Outbox } from '../database/outbox.ts';

/** The channel on which PostgreSQL tells the publisher that something was committed. */
export const OUTBOX_CHANNEL = 'sluice_snapshot';

/** One statement: the counter's row stays locked until the commit, so revisions become visible in their order and none is skipped. */
const MARK = `
  WITH next AS (UPDATE snapshot_state SET revision = revision + 1 RETURNING revision),
  entry AS (INSERT INTO snapshot_outbox (revision, documents) SELECT revision, ARRAY(SELECT jsonb_array_elements_text(?::jsonb)) FROM next)
  SELECT revision, pg_notify('${OUTBOX_CHANNEL}', '') FROM next`;

/** The outbox in PostgreSQL, which the publisher drains. */
export const postgresOutbox: Outbox = {
  async mark(em: EntityManager, documents: readonly string[]): Promise<number> {
    // Everything else first: the counter is the one row that all mutations wait for.
    await em.flush();
    const rows = await em.execute<{ revision: number }[]>(MARK, [JSON.stringify([...new Set(documents)])]);
    const { revision } = rows[0]!;
    noteRevision(em, revision);
    return revision;
  },
};
