import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';

/** What a grant does with capabilities that appear, and with definitions that change. */
export interface ReviewSettings {
  readonly newCapabilities: 'ALLOW' | 'HOLD';
  readonly pinsDefinitions: boolean;
}

const APPROVE = `
  INSERT INTO access_grant_capability_overrides (access_grant_id, capability_id, approved_hash, approved_at)
  SELECT access_grant_id, capability_id, definition_hash, ?
  FROM granted_capabilities`;

const RENEW = `
  ON CONFLICT (access_grant_id, capability_id)
  DO UPDATE SET approved_hash = excluded.approved_hash, approved_at = excluded.approved_at
  WHERE access_grant_capability_overrides.approved_hash IS DISTINCT FROM excluded.approved_hash`;

/**
 * When a grant begins to hold what is new, or to pin definitions: what it did not hold until then counts as approved as it is, so that
 * turning a setting on takes nothing away from anybody.
 */
export async function approveWhatWasInUse(em: EntityManager, grantId: string, before: ReviewSettings, now: Date): Promise<void> {
  await em.execute(
    `${APPROVE}
     WHERE access_grant_id = ? AND vanished_at IS NULL
       AND (approved_hash IS NOT NULL OR NOT ?) AND (approved_hash IS NULL OR approved_hash = definition_hash OR NOT ?)
     ${RENEW}`,
    [now, grantId, before.newCapabilities === 'HOLD', before.pinsDefinitions],
  );
}

/**
 * Where definitions are pinned and what is new may be used at once, the definition with which something first appeared is the approved one:
 * otherwise it could be changed ever after. Returns the documents that this is in.
 */
export async function pinWhatAppeared(em: EntityManager, serverId: string, now: Date): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>(
    `WITH pinned AS (
       ${APPROVE}
       WHERE mcp_server_id = ? AND vanished_at IS NULL AND approved_hash IS NULL
         AND access_grant_id IN (SELECT id FROM access_grants WHERE mcp_server_id = ? AND pins_definitions AND new_capabilities = 'ALLOW')
       ${RENEW}
       RETURNING access_grant_id
     )
     SELECT DISTINCT g.workspace_id AS id FROM pinned JOIN access_grants g ON g.id = pinned.access_grant_id`,
    [now, serverId, serverId],
  );
  return rows.map(({ id }) => documentNames.workspace(id));
}
