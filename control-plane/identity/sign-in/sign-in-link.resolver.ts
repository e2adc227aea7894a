import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { PerformsAction } from '../../api/action.ts';
import type { ApiContext } from '../../api/context.ts';
import { toPayload } from '../../api/payload.ts';
import { UserSignInLinkCreateInput } from './sign-in-link.input.ts';
import { UserSignInLinkCreatePayload } from './sign-in-link.payload.ts';
import type { SignInLinks } from './sign-in-links.ts';

@Resolver()
export class SignInLinkResolver {
  readonly #links: SignInLinks;

  constructor(links: SignInLinks) {
    this.#links = links;
  }

  @PerformsAction('user.write')
  @Mutation(() => UserSignInLinkCreatePayload, {
    description:
      'Makes a one-time link by which a person chooses a password: for their first sign-in, or because they forgot theirs. Earlier links of theirs stop working. For owners and administrators of their organization.',
  })
  async userSignInLinkCreate(
    @Arg('input', () => UserSignInLinkCreateInput, { description: 'For whom, and how long it works.' }) input: UserSignInLinkCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<UserSignInLinkCreatePayload> {
    return toPayload('signInLink', await this.#links.create(access, input, idempotencyKey), (link) => link);
  }
}
