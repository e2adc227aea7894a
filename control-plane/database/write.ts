import {
  ForeignKeyConstraintViolationException,
  LockMode,
  OptimisticLockError,
  UniqueConstraintViolationException,
  type EntityManager,
} from '@mikro-orm/postgresql';
import { err } from '../../foundation/result.ts';
import type { ChangeResult } from '../api/payload.ts';
import { UserErrorCode, userError, type UserError } from '../api/user-error.ts';

/** What a violated constraint means for the input, by the constraint's name. */
export type Conflicts = Readonly<Record<string, UserError>>;

/** Reads a row to change it: of two changes without an expected version the later one wins, and neither is lost halfway. */
export const FOR_CHANGE = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;

/** Carries a refusal out of a transaction, so that it is rolled back. */
class Refused extends Error {
  readonly errors: readonly UserError[];

  constructor(errors: readonly UserError[]) {
    super('refused');
    this.errors = errors;
  }
}

/**
 * Runs a mutation in one transaction. A refusal, as well as anything thrown, leaves nothing behind. Races are decided by the database:
 * a violated constraint of `conflicts` becomes its user error, a row that changed meanwhile becomes STALE_VERSION.
 */
export async function write<Value>(
  em: EntityManager,
  conflicts: Conflicts,
  work: (em: EntityManager) => Promise<ChangeResult<Value>>,
): Promise<ChangeResult<Value>> {
  try {
    return await em.fork().transactional(async (inner) => {
      const result = await work(inner);
      if (!result.ok) throw new Refused(result.error);
      return result;
    });
  } catch (cause) {
    return toRefusal(cause, conflicts);
  }
}

/** The refusal for a version that is not the expected one; undefined where it is, or where none is expected. */
export function findStaleness(
  row: { readonly version: number },
  expectedVersion: number | null | undefined,
): ReturnType<typeof userError> | undefined {
  if (expectedVersion == null || row.version === expectedVersion) return undefined;
  return userError(UserErrorCode.STALE_VERSION, `The object has version ${row.version} by now. Read it again.`, 'expectedVersion');
}

function toRefusal<Value>(cause: unknown, conflicts: Conflicts): ChangeResult<Value> {
  if (cause instanceof Refused) return err(cause.errors);
  if (cause instanceof OptimisticLockError) {
    return userError(UserErrorCode.STALE_VERSION, 'The object was changed by somebody else at the same moment. Read it again.');
  }
  const isKnown = cause instanceof UniqueConstraintViolationException || cause instanceof ForeignKeyConstraintViolationException;
  const conflict = isKnown && 'constraint' in cause ? conflicts[String(cause.constraint)] : undefined;
  if (conflict === undefined) throw cause;
  return err([conflict]);
}
