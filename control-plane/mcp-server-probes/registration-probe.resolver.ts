import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { GuardedFetch } from '../egress/index.ts';
import { McpServerCreatePayload } from '../mcp-servers/index.ts';
import { McpServerProbeType } from './mcp-server-probe.type.ts';
import { probeUpstream } from './probe-upstream.ts';

@Resolver(() => McpServerCreatePayload)
export class RegistrationProbeResolver {
  readonly #http: GuardedFetch;

  constructor(http: GuardedFetch) {
    this.#http = http;
  }

  @FieldResolver(() => McpServerProbeType, {
    nullable: true,
    description:
      'What is behind the URL of the new server, found out when this field is asked for, after the server was registered and whatever is found: as mcpServerProbe without a credential. Takes up to 30 seconds. Null where nothing was registered.',
  })
  async probe(@Root() { mcpServer }: McpServerCreatePayload): Promise<McpServerProbeType | null> {
    return mcpServer == null ? null : probeUpstream(this.#http, mcpServer.canonicalUrl, {});
  }
}
