import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { EgressPolicy } from '../../contract/egress-policy.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { toPayload, type ChangeResult } from '../api/payload.ts';
import { notFound, UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize } from '../authorization/index.ts';
import { checkHeaders, ConnectionHeaderInput } from '../connections/index.ts';
import type { GuardedFetch } from '../egress/index.ts';
import { McpServerProbePayload } from './mcp-server-probe.type.ts';
import type { ProbeResult } from './probe-result.ts';
import { probeUpstream } from './probe-upstream.ts';

@InputType({ description: 'An address to be probed.' })
export class McpServerProbeInput {
  @Field(() => ID, { description: 'The organization that a server would be registered in; the caller must be allowed to.' })
  organizationId!: string;

  @Field(() => ID, { nullable: true, description: 'The workspace that would own the server: lets its managers probe.' })
  workspaceId?: string | null;

  @Field(() => String, { description: 'The address: http or https, at most 2,048 characters, without credentials.' })
  url!: string;

  @Field(() => [ConnectionHeaderInput], {
    defaultValue: [],
    description: 'A credential to try with. It is sent to the address and not stored.',
  })
  headers!: ConnectionHeaderInput[];
}

@Resolver()
export class McpServerProbeResolver {
  readonly #http: GuardedFetch;
  readonly #policy: EgressPolicy;

  constructor(http: GuardedFetch, policy: EgressPolicy) {
    this.#http = http;
    this.#policy = policy;
  }

  @PerformsAction('mcp_server.write')
  @Mutation(() => McpServerProbePayload, {
    description:
      'Finds out what is behind a URL before it is registered: transport, protocol eras, who it is, whether it wants authorization. Leaves no session behind; takes up to 30 seconds. For owners and administrators of the organization, and managers of the workspace.',
  })
  async mcpServerProbe(
    @Arg('input', () => McpServerProbeInput, { description: 'What to probe.' }) input: McpServerProbeInput,
    @Ctx() { access }: ApiContext,
  ): Promise<McpServerProbePayload> {
    const { organizationId, workspaceId } = input;
    if (!authorize(access, 'mcp_server.write', { organizationId, workspaceId: workspaceId ?? null })) {
      return toProbePayload(notFound('organization', 'input', 'organizationId'));
    }
    const checked = this.#check(input);
    if (!checked.ok) return toProbePayload(checked);
    const probe = await probeUpstream(this.#http, input.url, checked.value);
    return toProbePayload(ok({ value: probe, revision: null }));
  }

  /** The headers to send, where URL and headers are such that they could be registered. */
  #check({ url, headers }: McpServerProbeInput): Result<Record<string, string>, readonly UserError[]> {
    const checkedUrl = this.#policy.checkUrl(url);
    const isRefusedAddress = !checkedUrl.ok && checkedUrl.error.reason === 'address_not_allowed'; // the probe itself explains that
    if (!checkedUrl.ok && !isRefusedAddress) {
      return err([
        {
          code: UserErrorCode.INVALID,
          message: 'Give an absolute http or https URL without credentials, at most 2,048 characters long.',
          field: ['input', 'url'],
        },
      ]);
    }
    if (headers.length === 0) return ok({});
    const checked = checkHeaders(headers, [], null);
    return checked.ok ? ok(Object.fromEntries(checked.value.map(({ name, value }) => [name, value]))) : checked;
  }
}

function toProbePayload(result: ChangeResult<ProbeResult>): McpServerProbePayload {
  return toPayload('probe', result, (probe) => probe);
}
