import type { EntityManager } from '@mikro-orm/postgresql';
import { noteAction, noteChange } from '../../database/change-notes.ts';
import { endSessions } from '../sessions/web-sessions.ts';

/** Gives a person another password. Whoever else was signed in as them is not any longer, and no link leads around it. */
export async function storePassword(em: EntityManager, userId: string, hash: string, now: Date): Promise<void> {
  noteAction(em, 'passwordChange');
  noteChange(em, { kind: 'User', id: userId, before: { password: await readHash(em, userId) }, after: { password: hash } });
  await em.execute(
    `INSERT INTO user_passwords (user_id, hash, changed_at) VALUES (?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`,
    [userId, hash, now],
  );
  await em.execute('DELETE FROM sign_in_links WHERE user_id = ?', [userId]);
  await endSessions(em, userId);
}

/** Puts a hash of a higher cost in the place of one of the same password. */
export async function replaceHash(em: EntityManager, userId: string, hash: string, fresh: string): Promise<void> {
  await em.execute('UPDATE user_passwords SET hash = ? WHERE user_id = ? AND hash = ?', [fresh, userId, hash]);
}

/** The hash of a person's password; undefined where they have none. */
export async function readHash(em: EntityManager, userId: string): Promise<string | undefined> {
  const [row] = await em.execute<{ hash: string }[]>('SELECT hash FROM user_passwords WHERE user_id = ?', [userId]);
  return row?.hash;
}
