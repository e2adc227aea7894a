import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { generateApiKey } from '../../contract/api-key.ts';
import type { KeyRing } from '../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../contract/sealed-secret.ts';
import { documentNames } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { checkInput, nameRule } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, type UserError } from '../api/user-error.ts';
import { authorize, decide, toActorName, type Access } from '../authorization/index.ts';
import type { Outbox } from '../database/outbox.ts';
import { readCreated, runOnce, type FirstAnswer } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write } from '../database/write.ts';
import { loadSubject, type ApiKeySubject } from './api-key-subject.ts';
import { ApiKeyEntity, type ApiKey } from './api-key.entity.ts';
import type { ApiKeyCreateInput, ApiKeyUpdateInput } from './api-key.input.ts';

/** What the write model works with. */
export interface ApiKeyServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  /** Seals a new key for the repetitions of the request that made it. */
  readonly keyRing: KeyRing;
}

/** A key as it is shown once. */
export interface CreatedApiKey {
  readonly row: ApiKey;
  readonly plain: string | null;
}

/** The write model of API keys. */
export class ApiKeyService {
  readonly #parts: ApiKeyServiceParts;

  constructor(parts: ApiKeyServiceParts) {
    this.#parts = parts;
  }

  async create(access: Access, input: ApiKeyCreateInput, key?: string | null): Promise<ChangeResult<CreatedApiKey>> {
    return write(this.#parts.em, {}, async (em) => {
      const checked = checkInput(createRules(this.#parts.clock.nowMs()), input);
      const subject = await loadSubject(em, access, input);
      if (!subject.ok) return err(joinFaults(subject.error, checked.ok ? [] : checked.error));
      if (!checked.ok) return checked;
      const request = { caller: toActorName(access.actor), operation: 'apiKeyCreate', key, input };
      const answer = await runOnce(em, request, async () => {
        const created = await this.#insert(em, subject.value, input);
        return ok({ value: created, revision: created.revision });
      });
      if (!answer.ok) return answer;
      const created = await readCreated(em, ApiKeyEntity, answer.value.value);
      if (!created.ok) return created;
      const { value: row, revision } = created.value;
      return ok({ value: { row, plain: this.#openPlain(answer.value.value) }, revision });
    });
  }

  /** A changed expiry counts with the revision in the answer. */
  async update(access: Access, id: string, input: ApiKeyUpdateInput, expectedVersion?: number | null): Promise<ChangeResult<ApiKey>> {
    return this.#change(access, id, expectedVersion, (row) => {
      const checked = checkInput(updateRules, input);
      if (!checked.ok) return checked;
      const { name, expiresAt } = checked.value;
      const isRenamed = name !== undefined && name !== row.name;
      const isProlonged = expiresAt !== undefined && expiresAt?.getTime() !== row.expiresAt?.getTime();
      if (isRenamed) row.name = name;
      if (isProlonged) row.expiresAt = expiresAt;
      return ok({ isChanged: isRenamed || isProlonged });
    });
  }

  /** The key stops working with the revision in the answer. Revoking twice changes nothing. */
  async revoke(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<ApiKey>> {
    return this.#change(access, id, expectedVersion, (row) => {
      if (row.revokedAt != null) return ok({ isChanged: false });
      row.revokedAt = new Date(this.#parts.clock.nowMs());
      return ok({ isChanged: true });
    });
  }

  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, {}, async (em) => {
      const row = await em.findOne(ApiKeyEntity, id, FOR_CHANGE);
      if (row === null || !mayWrite(access, row)) return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      em.remove(row);
      await em.flush();
      return ok({ value: id, revision: await this.#mark(em, row) });
    });
  }

  #change(
    access: Access,
    id: string,
    expectedVersion: number | null | undefined,
    change: (row: ApiKey) => Result<{ readonly isChanged: boolean }, readonly UserError[]>,
  ): Promise<ChangeResult<ApiKey>> {
    return write(this.#parts.em, {}, async (em) => {
      const row = await em.findOne(ApiKeyEntity, id, FOR_CHANGE);
      if (row === null || !mayWrite(access, row)) return notFound('API key', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const changed = change(row);
      if (!changed.ok) return changed;
      if (!changed.value.isChanged) return ok({ value: row, revision: null });
      row.updatedAt = new Date(this.#parts.clock.nowMs());
      await em.flush();
      return ok({ value: row, revision: await this.#mark(em, row) });
    });
  }

  async #insert(em: EntityManager, subject: ApiKeySubject, input: ApiKeyCreateInput): Promise<FirstAnswer> {
    const { plain, lookup, hash } = generateApiKey();
    const now = new Date(this.#parts.clock.nowMs());
    const { kind, name, expiresAt = null } = input;
    const scopes = [...new Set(input.scopes)].sort();
    const row = em.create(ApiKeyEntity, {
      id: newId('ApiKey'),
      ...subject,
      kind,
      name,
      lookup,
      hash,
      scopes,
      expiresAt,
      revokedAt: null,
      createdAt: now,
      updatedAt: now,
      version: 1,
    });
    await em.flush();
    const revision = await this.#mark(em, row);
    return { id: row.id, revision, sealed: sealSecret(this.#parts.keyRing, plainOwner(row.id), plain) };
  }

  #openPlain({ id, sealed }: FirstAnswer): string | null {
    const opened = sealed === undefined ? undefined : openSecret(this.#parts.keyRing, plainOwner(id), sealed);
    return opened?.ok === true ? opened.value : null;
  }

  /** A key without a workspace is none of the gateways' business. */
  async #mark(em: EntityManager, row: ApiKey): Promise<number | null> {
    return row.workspaceId == null ? null : this.#parts.outbox.mark(em, [documentNames.workspace(row.workspaceId)]);
  }
}

/**
 * Whether the caller may change a key. Whoever does not see it learns nothing of it.
 * @throws {AccessError} where the caller sees it, but may not do this.
 */
function mayWrite(access: Access, row: ApiKey): boolean {
  return decide(access, 'api_key.read', row) === 'allowed' && authorize(access, 'api_key.write', row);
}

const updateRules = z.object({ name: nameRule.optional(), expiresAt: z.date().nullable().optional() });

function createRules(nowMs: number) {
  return z
    .object({
      name: nameRule,
      scopes: z.array(z.string()).min(1, 'A key needs at least one scope.'),
      workspaceId: z.string().nullish(),
      expiresAt: z
        .date()
        .refine((date) => date.getTime() > nowMs, 'The expiry must be in the future.')
        .nullish(),
    })
    .refine(({ scopes, workspaceId }) => !scopes.includes('MCP') || workspaceId != null, {
      message: 'The scope MCP needs a workspace: a key calls the servers of one workspace.',
      path: ['workspaceId'],
    });
}

function plainOwner(id: string): string {
  return `api-key:${id}:plain`;
}

/** Of two faults of one field, the first one says enough. */
function joinFaults(first: readonly UserError[], second: readonly UserError[]): UserError[] {
  const fields = new Set(first.map(({ field }) => field?.join('.')));
  return [...first, ...second.filter(({ field }) => !fields.has(field?.join('.')))];
}
