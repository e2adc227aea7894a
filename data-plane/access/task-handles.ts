// Trust boundary: the ids of tasks, which are what a tool goes on doing after it has answered. Where rules restrict what a caller may do,
// a client holds a sealed handle instead of the upstream's id: it opens for the caller who made the task, on the route where it was made, and
// names the tool, which is judged anew with every use.
import type { KeyRing } from '../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../contract/sealed-secret.ts';
import type { Caller } from '../request/caller.ts';
import type { Target } from '../request/target.ts';
import { isObject, type JsonObject } from '../mcp/message.ts';

/** What a handle stands for. */
export interface TaskHandle {
  /** As the upstream knows it. */
  readonly taskId: string;
  /** The tool that made it, by the name that the upstream gives it. */
  readonly tool: string;
}

/** The longest handle that is opened, in characters. */
const MAX_HANDLE_LENGTH = 8_192;

/** Handles of one caller on one route. */
export class TaskHandles {
  readonly #ring: KeyRing;
  readonly #target: Target;
  readonly #caller: Caller;

  constructor(ring: KeyRing, target: Target, caller: Caller) {
    this.#ring = ring;
    this.#target = target;
    this.#caller = caller;
  }

  seal({ taskId, tool }: TaskHandle): string {
    return sealSecret(this.#ring, this.#owner, JSON.stringify([taskId, tool]));
  }

  /** Undefined where it is not one that this caller got here. */
  open(handle: unknown): TaskHandle | undefined {
    if (typeof handle !== 'string' || handle.length > MAX_HANDLE_LENGTH) return undefined;
    const opened = openSecret(this.#ring, this.#owner, handle);
    if (!opened.ok) return undefined;
    const [taskId, tool] = JSON.parse(opened.value) as [string, string];
    return { taskId, tool };
  }

  /** Put together when it is asked for: most calls have nothing to do with tasks. */
  get #owner(): string {
    return `task:${this.#target.route.grantId}:${this.#caller.id}`;
  }
}

const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** Whether a call may be answered with a task: its client asked for one, or said that it knows what tasks are. */
export function mayMakeTask(params: JsonObject | undefined): boolean {
  if (params?.['task'] !== undefined) return true;
  const meta = params?.['_meta'];
  const capabilities = isObject(meta) ? meta[CLIENT_CAPABILITIES] : undefined;
  return capabilities !== undefined && JSON.stringify(capabilities).includes('tasks');
}

/** Whether a result is the promise of a task (MCP 2025-11-25, Tasks; its successor is an extension that marks results). */
export function isTaskResult(result: JsonObject): boolean {
  return result['resultType'] === 'task' || (isObject(result['task']) && typeof result['task']['taskId'] === 'string');
}

/** What a tool says, which may have tasks of its own. */
const PAYLOAD: readonly string[] = ['content', 'structuredContent'];

/** How deep in a result an id of a task is looked for. */
const MAX_DEPTH = 6;

/** A result in which ids of tasks are replaced, wherever they stand under that name. */
export function replaceTaskIds(result: JsonObject, toId: (taskId: string) => string): JsonObject {
  return replaceIn(result, toId, MAX_DEPTH) as JsonObject;
}

function replaceIn(value: unknown, toId: (taskId: string) => string, depth: number): unknown {
  if (depth === 0) return value;
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, toId, depth - 1));
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      PAYLOAD.includes(key) ? item : key === 'taskId' && typeof item === 'string' ? toId(item) : replaceIn(item, toId, depth - 1),
    ]),
  );
}
