import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { ApiContext } from '../api/context.ts';
import { McpServerType } from '../mcp-servers/index.ts';
import { batchHealth } from './health-queries.ts';
import { McpServerHealthType } from './mcp-server-health.type.ts';

@Resolver(() => McpServerType)
export class McpServerHealthResolver {
  @FieldResolver(() => McpServerHealthType, {
    description:
      'Whether the upstream is there. Checked now and then, every five minutes unless the operator set another time (SLUICE_HEALTH_CHECK_SECONDS).',
  })
  health(@Root() server: McpServerType, @Ctx() { loaders }: ApiContext): Promise<McpServerHealthType> {
    return loaders.load(batchHealth, server.id);
  }
}
