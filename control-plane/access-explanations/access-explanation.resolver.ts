import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { documentNames, ServerDocumentSchema, WorkspaceDocumentSchema } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { AccessRuleType, readAccessRule } from '../access-rules/index.ts';
import { AccessError } from '../api/access-error.ts';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { decide } from '../authorization/index.ts';
import { ConnectionType, readConnectionBySubject } from '../connections/index.ts';
import type { RedisSnapshotStore } from '../snapshots/index.ts';
import { batchWorkspaces, toResource } from '../workspaces/index.ts';
import { AccessExplanationType, ExplainAccessInput } from './access-explanation.type.ts';
import { explain, type AccessQuestion } from './explain.ts';

const MAX_ARGUMENT_CHARS = 65_536;

@Resolver(() => AccessExplanationType)
export class AccessExplanationResolver {
  readonly #store: RedisSnapshotStore;
  readonly #clock: Clock;

  constructor(store: RedisSnapshotStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  @PerformsAction('access_rule.read')
  @Query(() => AccessExplanationType, {
    nullable: true,
    description:
      'Whether a caller may use a server or one of its capabilities, and by which rule, as of the published revision. For owners, administrators, auditors and managers of the workspace. Null where there is no such workspace, or nothing is published.',
  })
  async explainAccess(
    @Arg('input', () => ExplainAccessInput, { description: 'Who would call what.' }) input: ExplainAccessInput,
    @Ctx() { access, loaders }: ApiContext,
  ): Promise<AccessExplanationType | null> {
    const question = toQuestion(input, this.#clock.nowMs());
    const workspace = await loaders.load(batchWorkspaces, input.workspaceId);
    if (workspace === null || decide(access, 'access_rule.read', toResource(workspace)) !== 'allowed') return null;
    const names = [documentNames.workspace(workspace.id), documentNames.server(input.mcpServerId)];
    const published = await this.#store.readDocuments(names);
    if (published === undefined) return null;
    const documents = {
      workspace: WorkspaceDocumentSchema.safeParse(published.documents[0]).data,
      server: ServerDocumentSchema.safeParse(published.documents[1]).data,
    };
    return { ...explain(documents, question), revision: published.revision, mcpServerId: input.mcpServerId };
  }

  @FieldResolver(() => AccessRuleType, {
    nullable: true,
    description: 'The rule that refused; null where none did, or the caller may not see it.',
  })
  accessRule(@Root() { ruleId }: AccessExplanationType, @Ctx() context: ApiContext): Promise<AccessRuleType | null> {
    return ruleId === null ? Promise.resolve(null) : readAccessRule(ruleId, context);
  }

  @FieldResolver(() => ConnectionType, {
    nullable: true,
    description: 'The credential that a call would use; null where it needs none, there is none, or the caller may not see it.',
  })
  connection(@Root() { mcpServerId, subjectId }: AccessExplanationType, @Ctx() context: ApiContext): Promise<ConnectionType | null> {
    return subjectId === null ? Promise.resolve(null) : readConnectionBySubject(mcpServerId, subjectId, context);
  }
}

function toQuestion(input: ExplainAccessInput, nowMs: number): AccessQuestion {
  const { mcpServerId, userId = null, apiKeyId = null, kind = null, name = null } = input;
  if ((userId === null) === (apiKeyId === null)) throw new AccessError('BAD_REQUEST', 'Give either userId or apiKeyId.');
  if ((kind === null) !== (name === null)) throw new AccessError('BAD_REQUEST', 'Give kind and name together.');
  const capability = kind === null || name === null ? null : { kind, name };
  return { userId, apiKeyId, mcpServerId, capability, callArguments: parseArguments(input.arguments), nowMs };
}

function parseArguments(text: string | null | undefined): Record<string, unknown> | undefined {
  if (text == null) return undefined;
  const value: unknown = text.length > MAX_ARGUMENT_CHARS ? undefined : parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new AccessError('BAD_REQUEST', `arguments must be a JSON object of at most ${MAX_ARGUMENT_CHARS} characters.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // said by the caller of this, in words that do not repeat the text
  }
}
