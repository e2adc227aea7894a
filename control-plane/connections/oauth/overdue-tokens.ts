import type { EntityManager } from '@mikro-orm/postgresql';

/** How many tokens should have been renewed ten seconds ago; undefined where the database cannot be asked. */
export async function countOverdueTokens(em: EntityManager): Promise<number | undefined> {
  try {
    const [row] = await em.execute<{ overdue: string }[]>(
      `SELECT count(*) AS overdue FROM connection_tokens WHERE refresh_at < now() - interval '10 seconds'`,
    );
    return Number(row?.overdue);
  } catch {
    // The database is away, which `/readyz` says.
    return undefined;
  }
}
