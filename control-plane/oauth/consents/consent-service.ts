import type { EntityManager } from '@mikro-orm/postgresql';
import { CALL_TOKEN_SCOPE } from '../../../contract/access-token.ts';
import { connectionShard, documentNames } from '../../../contract/snapshot.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { ok } from '../../../foundation/result.ts';
import { newId } from '../../api/ids.ts';
import type { ChangeResult } from '../../api/payload.ts';
import { authorize, decide, type Access } from '../../authorization/index.ts';
import { noteAction } from '../../database/change-notes.ts';
import type { Outbox } from '../../database/outbox.ts';
import { findStaleness, FOR_CHANGE, write } from '../../database/write.ts';
import type { ProtectedServer } from '../server-directory.ts';
import { ConsentEntity, type Consent } from './consent.entity.ts';

/** Who asks a person for what. */
export interface ConsentRequest {
  readonly userId: string;
  readonly clientId: string;
  readonly clientName: string;
  /** Where the person will be sent back; see `toRedirectTarget`. */
  readonly redirectTarget: string;
  readonly server: ProtectedServer;
}

/** What the write model works with. */
export interface ConsentServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
}

/** Targets that one consent covers. A client with more of them is asked about again each time. */
const MAX_TARGETS = 20;

/** The write model of what people allowed. */
export class ConsentService {
  readonly #parts: ConsentServiceParts;

  constructor(parts: ConsentServiceParts) {
    this.#parts = parts;
  }

  /** The consent that covers a request; undefined where the person has to be asked. */
  async find({ userId, clientId, redirectTarget, server }: ConsentRequest): Promise<Consent | undefined> {
    const row = await this.#parts.em.fork().findOne(ConsentEntity, toKey(userId, clientId, server));
    return row !== null && row.redirectTargets.includes(redirectTarget) ? row : undefined;
  }

  /** Stores what the person allowed. */
  async record(request: ConsentRequest): Promise<void> {
    const { em, clock, outbox } = this.#parts;
    const { userId, clientId, clientName, redirectTarget, server } = request;
    const shard = connectionShard(userId);
    const now = new Date(clock.nowMs());
    await em.fork().transactional(async (inner) => {
      // Two windows that ask the same thing at once: the second waits here and finds what the first has stored.
      await inner.execute('SELECT id FROM users WHERE id = ? FOR UPDATE', [userId]);
      const known = await inner.findOne(ConsentEntity, toKey(userId, clientId, server), FOR_CHANGE);
      if (known !== null) {
        const redirectTargets = [...new Set([redirectTarget, ...known.redirectTargets])].slice(0, MAX_TARGETS);
        inner.assign(known, { clientName, redirectTargets, updatedAt: now });
        return;
      }
      inner.create(ConsentEntity, {
        id: newId('Consent'),
        organizationId: server.organizationId,
        ...toKey(userId, clientId, server),
        clientName,
        redirectTargets: [redirectTarget],
        scopes: [CALL_TOKEN_SCOPE],
        shard,
        lastUsedAt: now,
        createdAt: now,
        updatedAt: now,
        version: 1,
      });
      await outbox.mark(inner, [documentNames.consents(server.workspaceId, shard)]);
    });
  }

  /** Everything that rests on it ends: refresh tokens at once, access tokens with the revision in the answer. */
  async revoke(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, {}, async (em) => {
      const row = await em.findOne(ConsentEntity, id, FOR_CHANGE);
      if (row === null || !mayRevoke(access, row)) return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      return ok({ value: id, revision: await this.#remove(em, row) });
    });
  }

  /** The same by the person themselves, on a page. What is not theirs stays. */
  async revokeOwn(userId: string, id: string): Promise<void> {
    await this.#parts.em.fork().transactional(async (em) => {
      const row = await em.findOne(ConsentEntity, { id, userId }, FOR_CHANGE);
      if (row === null) return;
      noteAction(em, 'consentRevoke');
      await this.#remove(em, row);
    });
  }

  async #remove(em: EntityManager, row: Consent): Promise<number> {
    await em.execute(
      `DELETE FROM oauth_records WHERE grant_id IN (SELECT id FROM oauth_records WHERE model = 'Grant' AND consent_id = ?)`,
      [row.id],
    );
    em.remove(row); // and its grants with it, by their foreign key
    return this.#parts.outbox.mark(em, [documentNames.consents(row.workspaceId, row.shard)]);
  }
}

/**
 * Whether the caller sees it and may revoke it.
 * @throws {AccessError} where the caller sees it, but may not.
 */
function mayRevoke(access: Access, { organizationId, userId }: Consent): boolean {
  const isVisible = decide(access, 'consent.read', { organizationId, userId }) === 'allowed';
  return isVisible && authorize(access, 'consent.revoke', { organizationId, userId });
}

function toKey(userId: string, clientId: string, { workspaceId, serverId }: ProtectedServer) {
  return { userId, clientId, workspaceId, mcpServerId: serverId };
}
