import { createHash } from 'node:crypto';
import type { EntityManager, EntityName, FilterQuery } from '@mikro-orm/postgresql';
import { ok } from '../../foundation/result.ts';
import type { ChangeResult } from '../api/payload.ts';
import { UserErrorCode, userError } from '../api/user-error.ts';

/** A request that may be sent again. */
export interface IdempotentRequest {
  /** Whose key it is: two callers may choose the same. */
  readonly caller: string;
  /** The mutation's name. */
  readonly operation: string;
  /** Absent: the request is simply run. */
  readonly key: string | null | undefined;
  readonly input: unknown;
}

/** What is remembered of the first answer. */
export interface FirstAnswer {
  /** The object that was created. */
  readonly id: string;
  readonly revision: number | null;
  /** What cannot be read again, sealed. */
  readonly sealed?: string;
}

/** The longest idempotency key, in characters. */
const MAX_KEY_LENGTH = 255;

/**
 * Runs a creating request once, however often it is sent within 24 hours. Call it inside the request's transaction: of two that
 * arrive together one runs, and the other waits for its answer at the unique index. A refused request is not remembered.
 */
export async function runOnce(
  em: EntityManager,
  request: IdempotentRequest,
  work: () => Promise<ChangeResult<FirstAnswer>>,
): Promise<ChangeResult<FirstAnswer>> {
  const { key } = request;
  if (key == null) return work();
  if (key === '' || key.length > MAX_KEY_LENGTH) {
    return userError(UserErrorCode.INVALID, `An idempotency key has 1 to ${MAX_KEY_LENGTH} characters.`, 'idempotencyKey');
  }
  const digest = toDigest(request);
  const known = await claim(em, request.caller, key, digest);
  if (known !== undefined) {
    if (known.digest !== digest) {
      return userError(
        UserErrorCode.IDEMPOTENCY_KEY_REUSED,
        'This idempotency key was used with another input. Use a new key.',
        'idempotencyKey',
      );
    }
    return ok({ value: known.answer, revision: known.answer.revision });
  }
  const result = await work();
  if (result.ok) {
    await em.execute('UPDATE idempotent_requests SET answer = ?::jsonb WHERE caller = ? AND key = ?', [
      JSON.stringify(result.value.value),
      request.caller,
      key,
    ]);
  }
  return result;
}

/** The object that a creating request made, as it is by now: a repetition of the request may come after it was changed or deleted. */
export async function readCreated<Row extends { readonly id: string }>(
  em: EntityManager,
  entity: EntityName<Row>,
  { id, revision }: FirstAnswer,
): Promise<ChangeResult<Row>> {
  const row: Row | null = await em.findOne(entity, { id } as FilterQuery<Row>);
  if (row !== null) return ok({ value: row, revision });
  return userError(
    UserErrorCode.NOT_FOUND,
    'What this request created the first time was deleted since. Use a new idempotency key to create it again.',
    'idempotencyKey',
  );
}

interface KnownRequest {
  readonly digest: string;
  readonly answer: FirstAnswer;
}

/**
 * Takes the key, or returns what was remembered under it. Expired memories go with the first who comes along; those that another
 * request is removing are passed over, so that requests with nothing in common neither wait for each other nor deadlock.
 */
async function claim(em: EntityManager, caller: string, key: string, digest: string): Promise<KnownRequest | undefined> {
  await em.execute(
    `DELETE FROM idempotent_requests WHERE (caller, key) IN (
       SELECT caller, key FROM idempotent_requests WHERE expires_at < now() FOR UPDATE SKIP LOCKED
     )`,
  );
  const taken = await em.execute<unknown[]>(
    `INSERT INTO idempotent_requests (caller, key, digest, answer, expires_at) VALUES (?, ?, ?, 'null', now() + interval '24 hours')
     ON CONFLICT (caller, key) DO NOTHING RETURNING key`,
    [caller, key, digest],
  );
  if (taken.length > 0) return undefined;
  const [known] = await em.execute<KnownRequest[]>('SELECT digest, answer FROM idempotent_requests WHERE caller = ? AND key = ?', [
    caller,
    key,
  ]);
  return known;
}

function toDigest({ operation, input }: IdempotentRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, input]))
    .digest('base64url');
}
