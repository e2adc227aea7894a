// Trust boundary: what a caller does with a server they may use. Every message is judged by what its body says, element by element where it
// is a batch, and by the one decision function of the contract. What is refused looks as if it did not exist.
import type { KeyRing } from '../../contract/key-ring.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { parseLossless } from '../mcp/lossless-json.ts';
import { encodeHeaderValue } from '../mcp/modern-envelope.ts';
import { findName, type JsonObject, type McpMessage } from '../mcp/message.ts';
import type { Caller } from '../request/caller.ts';
import type { Exchange } from '../request/exchange.ts';
import type { CapabilityRefusal, Rejection } from '../request/rejection.ts';
import type { Target } from '../request/target.ts';
import { findAccessRules, type AccessView } from './access-view.ts';
import { CallAccess } from './call-access.ts';
import { toAbsentError } from './hidden-error.ts';
import { findAmbiguity } from './key-spelling.ts';
import { TaskHandles } from './task-handles.ts';
import { judgeMessage, type Verdict } from './judge-message.ts';

/** A call as far as rules go. */
export interface JudgedCall {
  /** Undefined where everything is open to the caller as it is. */
  readonly access: CallAccess | undefined;
  /** What goes upstream: the client's own bytes, unless a rule changed something. */
  readonly body: Buffer | undefined;
  /** Set where nothing goes upstream, because what is asked for does not exist for the caller. */
  readonly hidden: Rejection | undefined;
}

const NAME_HEADER = 'mcp-name';

const OPEN = { access: undefined, hidden: undefined };

/** A request that every legacy server answers and that does nothing (MCP 2025-11-25, Ping). */
const NOTHING = 'ping';

/** Judges what a request carries. The message that is noted on the exchange is from then on the one that goes upstream. */
export function authorizeMessage(
  exchange: Exchange,
  target: Target,
  caller: Caller,
  body: Buffer | undefined,
  keyRing: KeyRing,
): Result<JudgedCall, Rejection> {
  const rules = findAccessRules(target, caller);
  if (rules === undefined) return ok({ ...OPEN, body });
  const view: AccessView = { policy: rules.policy, caller: rules.caller, tasks: new TaskHandles(keyRing, target, caller) };
  const { message } = exchange;
  if (message === undefined || body === undefined) return ok({ access: new CallAccess(view, []), body, hidden: undefined });
  const ambiguity = findAmbiguity(body);
  if (ambiguity !== undefined) return err({ reason: 'message_invalid', fault: ambiguity });
  return message.elements === undefined ? judgeOne(view, exchange, message, body) : judgeBatch(view, exchange, message.elements, body);
}

function judgeOne(view: AccessView, exchange: Exchange, message: McpMessage, body: Buffer): Result<JudgedCall, Rejection> {
  const judged = judgeMessage(view, message);
  if (!judged.ok) return judged;
  const { named, params, refusal } = judged.value;
  const access = new CallAccess(view, message.kind === 'request' ? [[message.id, judged.value]] : []);
  if (named !== undefined && refusal !== undefined) {
    const error = toAbsentError(named.kind, named.name, message.era);
    const ruleId = typeof refusal === 'string' ? null : refusal.ruleId;
    return ok({ access, body, hidden: { reason: 'capability_hidden', error, ruleId, refusal } });
  }
  if (params === undefined) return ok({ access, body, hidden: undefined });
  exchange.message = { ...message, name: findName(message.method!, params), params };
  const original = parseLossless(body.toString('utf8')) as JsonObject;
  return ok({ access, body: write(withParams(original, judged.value)), hidden: undefined });
}

/** A hidden request of a batch is replaced by one that does nothing, whose answer is replaced too; a hidden notification is left out. */
function judgeBatch(view: AccessView, exchange: Exchange, elements: readonly McpMessage[], body: Buffer): Result<JudgedCall, Rejection> {
  const verdicts: Verdict[] = [];
  for (const element of elements) {
    const judged = judgeMessage(view, element);
    if (!judged.ok) return judged;
    verdicts.push(judged.value);
  }
  const originals = parseLossless(body.toString('utf8')) as readonly JsonObject[];
  const requests = verdicts.flatMap((verdict, i) => (verdict.message.kind === 'request' ? [[originals[i]!['id'], verdict] as const] : []));
  // An upstream that rounds an id answers under another one, and its answer could not be told to be the hidden one.
  if (requests.some(([id]) => typeof id === 'object')) {
    return err({ reason: 'message_invalid', fault: 'the ids of a batch must be texts or integers that every parser can hold' });
  }
  if (new Set(requests.map(([id]) => JSON.stringify(id))).size < requests.length) {
    return err({ reason: 'message_invalid', fault: 'two requests of a batch have the same id' });
  }
  const access = new CallAccess(view, requests);
  if (!verdicts.some(({ params, refusal }) => params !== undefined || refusal !== undefined))
    return ok({ access, body, hidden: undefined });
  exchange.refusedElements = findRefusals(verdicts);
  const edited = originals.flatMap((original, i) => {
    const verdict = verdicts[i]!;
    if (verdict.refusal === undefined) return [withParams(original, verdict)];
    return verdict.message.kind === 'request' ? [{ jsonrpc: '2.0', id: original['id'], method: NOTHING }] : [];
  });
  return ok({ access, body: write(edited), hidden: undefined });
}

/** By their positions, for the log of interactions. */
function findRefusals(verdicts: readonly Verdict[]): ReadonlyMap<number, CapabilityRefusal> {
  return new Map(verdicts.flatMap(({ refusal }, position) => (refusal === undefined ? [] : [[position, refusal] as const])));
}

/** What rules change in the parameters of a message. */
const EDITED = ['name', 'ref', 'notifications', 'taskId'];

/** The message with what its verdict changes; everything else, numbers too, is as the client wrote it. */
function withParams(original: JsonObject, { params }: Verdict): JsonObject {
  if (params === undefined) return original;
  const changes = Object.entries(params).filter(([key]) => EDITED.includes(key));
  return { ...original, params: { ...(original['params'] as JsonObject), ...Object.fromEntries(changes) } };
}

/** The headers of a call whose name is another one upstream: they have to say what the body says (MCP 2026-07-28, Transports). */
export function withUpstreamName(raw: readonly string[], name: string | undefined): readonly string[] {
  if (
    name === undefined ||
    !raw.some((value, i) => i % 2 === 0 && value.length === NAME_HEADER.length && value.toLowerCase() === NAME_HEADER)
  )
    return raw;
  return raw.map((value, i) => (i % 2 === 1 && raw[i - 1]!.toLowerCase() === NAME_HEADER ? encodeHeaderValue(name) : value));
}

function write(json: object): Buffer {
  return Buffer.from(JSON.stringify(json));
}
