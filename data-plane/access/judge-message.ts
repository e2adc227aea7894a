import { decideAccess, findUpstreamName } from '../../contract/access-decision.ts';
import { foldName } from '../../contract/name-pattern.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { isObject, type JsonObject, type McpMessage } from '../mcp/message.ts';
import type { CapabilityRefusal, Rejection } from '../request/rejection.ts';
import type { AccessView } from './access-view.ts';
import type { TaskHandle } from './task-handles.ts';
import { findNamedCapability, MALFORMED, type NamedCapability } from './named-capability.ts';

/** What becomes of one message. */
export interface Verdict {
  readonly message: McpMessage;
  /** What the message names, where it names something. */
  readonly named?: NamedCapability;
  /** Set where the caller must not learn that there is such a thing. */
  readonly refusal?: CapabilityRefusal;
  /** What the message does with a task, where it does. */
  readonly task?: TaskHandle & { readonly handle: string };
  /** The parameters as the upstream must get them, where they differ. */
  readonly params?: JsonObject;
}

/** Families of methods that decisions are made about. Another spelling of one of their methods is no method. */
const FAMILIES = ['tools/', 'prompts/', 'resources/', 'completion/', 'subscriptions/', 'tasks/'];

/** Judges a message that is not a batch: whether its caller may do that, and what the upstream is told instead of the workspace's words. */
export function judgeMessage(view: AccessView, message: McpMessage): Result<Verdict, Rejection> {
  const { id, method } = message;
  if (method !== undefined && isMisspelled(method)) return err({ reason: 'method_unknown' });
  if (method === 'subscriptions/listen') return judgeSubscription(view, message);
  if (method?.startsWith('tasks/') === true && message.params?.['taskId'] !== undefined)
    return ok(judgeTask(view, message, message.params['taskId']));
  const named = findNamedCapability(message);
  if (named === MALFORMED) return err({ reason: 'envelope_invalid', fault: 'what is named must be named by a text', id });
  if (named === undefined) return ok({ message });
  if (named.kind === 'TASK') return ok({ message, named, refusal: 'no_such_task' });
  const upstreamName = findUpstreamName(view.policy, named.kind, named.name);
  if (upstreamName === undefined) return ok({ message, named, refusal: 'renamed_away' });
  const decision = decideAccess(view.policy, view.caller, named.kind, upstreamName, named.callArguments);
  if (!decision.isAllowed) return ok({ message, named, refusal: decision });
  return ok({ message, named, params: upstreamName === named.name ? undefined : rename(message, upstreamName) });
}

/** A task is its tool's: whoever may not use the tool any longer may not use what it goes on doing. */
function judgeTask({ caller, policy, tasks }: AccessView, message: McpMessage, handle: unknown): Verdict {
  const task = tasks.open(handle);
  const named: NamedCapability = { kind: 'TASK', name: String(handle).slice(0, MAX_SHOWN), callArguments: undefined };
  if (task === undefined) return { message, named, refusal: 'no_such_task' };
  const decision = decideAccess(policy, caller, 'TOOL', task.tool);
  if (!decision.isAllowed) return { message, named, refusal: decision };
  return { message, task: { ...task, handle: handle as string }, params: { ...message.params, taskId: task.taskId } };
}

/** How much of a handle that is none is repeated in the answer, in characters. */
const MAX_SHOWN = 256;

function isMisspelled(method: string): boolean {
  const folded = foldName(method);
  return folded !== method && FAMILIES.some((family) => folded.startsWith(family));
}

function rename({ method, params }: McpMessage, name: string): JsonObject {
  if (method !== 'completion/complete') return { ...params, name };
  return { ...params, ref: { ...(params?.['ref'] as JsonObject), name } };
}

/** Resources that the caller may not use are left out: a server agrees to those that it has. */
function judgeSubscription({ caller, policy }: AccessView, message: McpMessage): Result<Verdict, Rejection> {
  const wanted = message.params?.['notifications'];
  const uris = isObject(wanted) ? wanted['resourceSubscriptions'] : undefined;
  if (uris === undefined) return ok({ message });
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === 'string')) {
    return err({ reason: 'envelope_invalid', fault: 'resourceSubscriptions must be a list of URIs', id: message.id });
  }
  const allowed = uris.filter((uri) => decideAccess(policy, caller, 'RESOURCE', uri, {}).isAllowed);
  if (allowed.length === uris.length) return ok({ message });
  const notifications = { ...(wanted as JsonObject), resourceSubscriptions: allowed };
  return ok({ message, params: { ...message.params, notifications } });
}
