import { decideAccess } from '../../contract/access-decision.ts';
import { capabilityKey } from '../../contract/access-policy.ts';
import { isObject, type Era, type JsonObject } from '../mcp/message.ts';
import type { AccessView } from './access-view.ts';
import { filterList, isListMethod } from './filter-list.ts';
import { saysAbsent, toAbsentError, type AbsentError } from './hidden-error.ts';
import type { Verdict } from './judge-message.ts';
import { isTaskResult, mayMakeTask, replaceTaskIds } from './task-handles.ts';
import type { NamedCapability } from './named-capability.ts';
import type { AskedList } from './remembered-lists.ts';

/** Pages are remembered by their cursors up to this length, in characters. */
const MAX_CURSOR_LENGTH = 256;

/** A request of a call, by its id, and what becomes of it. */
export type Judged = readonly [id: unknown, verdict: Verdict];

/** The rules that one call is subject to, on the way back: what its upstream says is told as far as the caller may know of it. */
export class CallAccess {
  readonly view: AccessView;
  readonly #verdicts: readonly Judged[];
  /** By the JSON of their ids: numbers that a double cannot hold have no other form. Made for a batch whose answers are read. */
  #byId: ReadonlyMap<string, Verdict> | undefined;

  /** @param verdicts of the requests of the call, with their ids; a batch has several, a stream that is opened by GET none. */
  constructor(view: AccessView, verdicts: readonly Judged[]) {
    this.view = view;
    this.#verdicts = verdicts;
  }

  /** Whether responses have to be read: to lists, and about what the gateway does not know. Not those of what is known and allowed. */
  get readsResponses(): boolean {
    return this.#verdicts.length === 0 || this.#verdicts.some(([, verdict]) => this.#mustRead(verdict));
  }

  /** The list that the only request of the call asks for: what becomes of its answer depends on nothing else that the call says. */
  get askedList(): AskedList | undefined {
    if (this.#verdicts.length !== 1) return undefined;
    const [id, { message, refusal }] = this.#verdicts[0]!;
    if (refusal !== undefined || !isListMethod(message.method)) return undefined;
    const cursor = message.params?.['cursor'] ?? '';
    if (typeof cursor !== 'string' || cursor.length > MAX_CURSOR_LENGTH) return undefined;
    return { page: `${message.method} ${cursor}`, id: JSON.stringify(id) };
  }

  /** A message of the upstream as the caller may get it; undefined: not at all; the same object where nothing is changed. */
  edit(message: JsonObject, era: Era): JsonObject | undefined {
    if (typeof message['method'] === 'string') return this.isTold(message) ? message : undefined;
    return this.editResponse(message, era);
  }

  /** A response by the id that the client gave its request. A lone request has only one response, whatever the upstream calls it. */
  editResponse<Response extends object>(response: Response & { readonly id?: unknown }, era: Era): Response {
    const verdict = this.#find(response.id);
    if (verdict !== undefined && !this.#mustRead(verdict)) return response;
    const { named, refusal, task } = verdict ?? {};
    const { result } = response as JsonObject;
    if (named !== undefined && (refusal !== undefined || saysAbsent(response))) {
      return withError(response, toAbsentError(named.kind, named.name, era));
    }
    if (!isObject(result)) return response;
    if (task !== undefined) return { ...response, result: replaceTaskIds(result, (id) => (id === task.taskId ? task.handle : id)) };
    const tool = verdict === undefined ? undefined : this.#findTaskTool(verdict);
    if (tool !== undefined && isTaskResult(result))
      return { ...response, result: replaceTaskIds(result, (taskId) => this.view.tasks.seal({ taskId, tool })) };
    // Whose tasks an upstream lists, it does not say.
    if (verdict?.message.method === 'tasks/list') return { ...response, result: { ...result, tasks: [] } };
    return { ...response, result: filterList(this.view, result) };
  }

  /** Whether a caller is told of something: a resource that they may not read does not change. */
  isTold({ method, params }: { readonly method?: unknown; readonly params?: unknown }): boolean {
    // It has the upstream's id, which the client does not know.
    if (method === 'notifications/tasks/status') return false;
    if (method !== 'notifications/resources/updated' || !isObject(params)) return true;
    const { caller, policy } = this.view;
    return typeof params['uri'] === 'string' && decideAccess(policy, caller, 'RESOURCE', params['uri'], {}).isAllowed;
  }

  #find(id: unknown): Verdict | undefined {
    if (this.#verdicts.length === 1) return this.#verdicts[0]![1];
    this.#byId ??= new Map(this.#verdicts.map(([of, verdict]) => [JSON.stringify(of), verdict]));
    return this.#byId.get(JSON.stringify(id));
  }

  /** The tool that may answer a call with a task, by the upstream's name. */
  #findTaskTool({ message, named }: Verdict): string | undefined {
    if (named?.kind !== 'TOOL' || !mayMakeTask(message.params)) return undefined;
    return this.view.policy.renamed.get(capabilityKey('TOOL', named.name)) ?? named.name;
  }

  #mustRead(verdict: Verdict): boolean {
    const { message, named, refusal, task } = verdict;
    if (task !== undefined || message.method === 'tasks/list' || this.#findTaskTool(verdict) !== undefined) return true;
    return isListMethod(message.method) || refusal !== undefined || (named !== undefined && !this.#isKnown(named));
  }

  /** Whatever a server says about what is known to be there is its own to say. */
  #isKnown({ kind, name }: NamedCapability): boolean {
    if (kind === 'TASK') return false;
    const key = capabilityKey(kind, name);
    const upstreamName = this.view.policy.renamed.get(key);
    return this.view.policy.known.byName.has(upstreamName === undefined ? key : capabilityKey(kind, upstreamName));
  }
}

/** To the letter what the gateway answers by itself. */
function withError<Response extends object>({ id }: Response & { readonly id?: unknown }, error: AbsentError): Response {
  return { jsonrpc: '2.0', id, error } as unknown as Response;
}
