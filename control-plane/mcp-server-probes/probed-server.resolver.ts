import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { GuardedFetch } from '../egress/index.ts';
import { MAX_ICON_BYTES, readIcon, toDataUrl } from '../mcp-server-icons/index.ts';
import { ProbedServerType } from './mcp-server-probe.type.ts';

@Resolver(() => ProbedServerType)
export class ProbedServerResolver {
  readonly #http: GuardedFetch;

  constructor(http: GuardedFetch) {
    this.#http = http;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: `Its icon as a data: URL with a PNG, WebP or JPEG of at most ${MAX_ICON_BYTES} bytes, so at most 87,500 characters, read when this field is asked for, in at most three seconds and without a credential; nothing is kept. Null where it names none, or none that can be shown.`,
  })
  async icon(@Root() { iconSources }: ProbedServerType): Promise<string | null> {
    const image = await readIcon(this.#http, iconSources);
    return image === undefined ? null : toDataUrl(image);
  }
}
