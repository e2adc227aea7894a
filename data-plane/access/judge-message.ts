import { decideAccess, findUpstreamName, type AccessDecision } from '../../contract/access-decision.ts';
import { foldName } from '../../contract/name-pattern.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { isObject, type JsonObject, type McpMessage } from '../mcp/message.ts';
import type { Rejection } from '../request/rejection.ts';
import type { AccessView } from './access-view.ts';
import { findNamedCapability, MALFORMED, type NamedCapability } from './named-capability.ts';

/** What becomes of one message. */
export interface Verdict {
  readonly message: McpMessage;
  /** What the message names, where it names something. */
  readonly named?: NamedCapability;
  /** Set where the caller must not learn that there is such a thing. */
  readonly refusal?: AccessDecision | 'renamed_away';
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
  const named = findNamedCapability(message);
  if (named === MALFORMED) return err({ reason: 'envelope_invalid', fault: 'what is named must be named by a text', id });
  if (named === undefined) return ok({ message });
  const upstreamName = findUpstreamName(view.policy, named.kind, named.name);
  if (upstreamName === undefined) return ok({ message, named, refusal: 'renamed_away' });
  const decision = decideAccess(view.policy, view.caller, named.kind, upstreamName, named.callArguments);
  if (!decision.isAllowed) return ok({ message, named, refusal: decision });
  return ok({ message, named, params: upstreamName === named.name ? undefined : rename(message, upstreamName) });
}

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
