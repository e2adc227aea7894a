import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { err, type Result } from '../../foundation/result.ts';

/** What kind of fault an input has. One small enum for the whole API; clients treat a code they do not know as `INVALID`. */
export enum UserErrorCode {
  INVALID = 'INVALID',
  TAKEN = 'TAKEN',
  NOT_FOUND = 'NOT_FOUND',
  IMMUTABLE = 'IMMUTABLE',
  STALE_VERSION = 'STALE_VERSION',
  HAS_DEPENDENTS = 'HAS_DEPENDENTS',
  LIMIT_REACHED = 'LIMIT_REACHED',
  IDEMPOTENCY_KEY_REUSED = 'IDEMPOTENCY_KEY_REUSED',
  UNREACHABLE = 'UNREACHABLE',
}

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'What kind of fault an input has. Treat a code you do not know as INVALID.',
  valuesConfig: {
    INVALID: { description: 'The value breaks a rule that the message names.' },
    TAKEN: { description: 'Another object has this natural key already.' },
    NOT_FOUND: { description: 'There is no such object, or it is not visible to the caller.' },
    IMMUTABLE: { description: 'The value was set at creation and never changes.' },
    STALE_VERSION: { description: 'The object changed since `expectedVersion` was read. Nothing was changed; read it again.' },
    HAS_DEPENDENTS: { description: 'Other objects depend on this one; the message names what to remove first.' },
    LIMIT_REACHED: { description: 'A limit of count or size is reached; the message names it.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'The idempotency key was used with another input in the last 24 hours.' },
    UNREACHABLE: { description: 'A remote address could not be reached, or must not be.' },
  },
});

/** A fault of an input: data for the payload, never an exception. */
export interface UserError {
  readonly code: UserErrorCode;
  /** Says what to do. */
  readonly message: string;
  /** Where in the arguments, for example `['input', 'slug']`. */
  readonly field?: readonly string[] | undefined;
}

@ObjectType('UserError', { description: 'Why a mutation changed nothing: a fault of its input, or of the state it met.' })
export class UserErrorType {
  @Field(() => UserErrorCode, { description: 'The kind of fault, for programs.' })
  code!: UserErrorCode;

  @Field(() => String, { description: 'What is wrong and what to do about it, for people. Not stable; do not match on it.' })
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Where in the arguments, for example ["input", "slug"]; null where no single argument is at fault.',
  })
  field?: readonly string[] | null;
}

/** A refused mutation with one fault. */
export function userError(code: UserErrorCode, message: string, ...field: string[]): Result<never, readonly UserError[]> {
  return err([{ code, message, field: field.length > 0 ? field : undefined }]);
}

/** The answer for what does not exist or is not visible: the two must not be told apart. */
export function notFound(what: string, ...field: string[]): Result<never, readonly UserError[]> {
  return userError(UserErrorCode.NOT_FOUND, `There is no such ${what}, or you cannot see it.`, ...field);
}
