import type { EntityManager } from '@mikro-orm/postgresql';

/** Whether any of these is under lockdown: an MCP server, a workspace, a user or an API key. In SQL: `is_locked(id)`. */
export async function isLocked(em: EntityManager, ...subjectIds: readonly (string | null | undefined)[]): Promise<boolean> {
  const ids = subjectIds.filter((id) => id != null);
  const [row] = await em.execute<{ locked: boolean }[]>(
    'SELECT EXISTS (SELECT FROM lockdowns WHERE subject_id IN (SELECT jsonb_array_elements_text(?::jsonb))) AS locked',
    [JSON.stringify(ids)],
  );
  return row?.locked === true;
}
