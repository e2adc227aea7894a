import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ApiContext } from '../api/context.ts';
import { McpServerType } from '../mcp-servers/index.ts';
import { MAX_ICON_BYTES, MAX_ICON_SIDE } from './icon-image.ts';
import { batchIconPaths } from './icon-queries.ts';

@Resolver(() => McpServerType)
export class McpServerIconResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description: `Where its icon is: a path on the origin of this API, /icons/<id>/<hash>, for the same callers as this field; the answer is a PNG, WebP or JPEG of at most ${MAX_ICON_BYTES} bytes and ${MAX_ICON_SIDE} pixels a side, and what a path answers never changes. Read from where the server says (icons of its serverInfo: https, its own origin, or a data: URI; never SVG) whenever it is asked what it offers, without a credential. Null where it names none, or none that can be shown.`,
  })
  iconPath(@Root() server: McpServerType, @Ctx() { loaders }: ApiContext): Promise<string | null> {
    return loaders.load(batchIconPaths, server.id);
  }
}
