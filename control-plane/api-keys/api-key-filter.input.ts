import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import type { ApiKeyKind } from '../../contract/snapshot.ts';
import { ApiKeyKindEnum } from './api-key.type.ts';

/** Whether a key works, as far as it says itself. */
export type ApiKeyState = 'ACTIVE' | 'EXPIRED' | 'REVOKED';

const ApiKeyStateEnum: Readonly<Record<ApiKeyState, ApiKeyState>> = { ACTIVE: 'ACTIVE', EXPIRED: 'EXPIRED', REVOKED: 'REVOKED' };

registerEnumType(ApiKeyStateEnum, {
  name: 'ApiKeyState',
  description: 'Whether a key works, as far as it says itself; a lockdown or a disabled person stops one that is active.',
  valuesConfig: {
    ACTIVE: { description: 'Neither revoked nor expired.' },
    EXPIRED: { description: 'Its `expiresAt` is past, and it was not revoked.' },
    REVOKED: { description: 'It was revoked, whether or not it would have expired since.' },
  },
});

@InputType({ description: 'Which API keys are meant: those that fit all of it. Absent and null: whichever.' })
export class ApiKeyFilter {
  @Field(() => String, {
    nullable: true,
    description:
      'Only keys whose name, prefix, person (name or e-mail address) or workspace (name or slug) contains this, in any case. The whole key finds nothing: only its prefix is known.',
  })
  textContains?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only keys of this person.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only keys for this workspace.' })
  workspaceId?: string | null;

  @Field(() => [ApiKeyKindEnum], { nullable: true, description: 'Only keys of one of these kinds.' })
  kinds?: ApiKeyKind[] | null;

  @Field(() => [ApiKeyStateEnum], { nullable: true, description: 'Only keys in one of these states.' })
  states?: ApiKeyState[] | null;
}
