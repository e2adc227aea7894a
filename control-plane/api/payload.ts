import { Field, Int, ObjectType } from 'type-graphql';
import type { Result } from '../../foundation/result.ts';
import { UserErrorType, type UserError } from './user-error.ts';

/** What every mutation's payload has beside its object. */
@ObjectType()
export abstract class MutationPayload {
  @Field(() => Int, {
    nullable: true,
    description:
      'The snapshot revision that carries the change. Wait for it with `snapshotStatus`, or in `gateways.revision`. Null where nothing that gateways know has changed.',
  })
  snapshotRevision?: number | null;

  @Field(() => [UserErrorType], { description: 'Why nothing was changed; empty on success. All faults of an input come back together.' })
  userErrors!: readonly UserError[];
}

/** What a write model answers: the changed object, and the revision that will carry the change. */
export interface Changed<Value> {
  readonly value: Value;
  /** Null where no gateway is concerned. */
  readonly revision: number | null;
}

/** The outcome of a write model. */
export type ChangeResult<Value> = Result<Changed<Value>, readonly UserError[]>;

/** The payload of a mutation, with its object under the given field. */
export function toPayload<Field extends string, Value, View>(
  field: Field,
  result: ChangeResult<Value>,
  toView: (value: Value) => View,
): Record<Field, View | null> & { snapshotRevision: number | null; userErrors: readonly UserError[] } {
  const object = { [field]: result.ok ? toView(result.value.value) : null } as Record<Field, View | null>;
  return { ...object, snapshotRevision: result.ok ? result.value.revision : null, userErrors: result.ok ? [] : result.error };
}
