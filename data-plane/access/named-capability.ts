import type { CapabilityKind } from '../../contract/access-rule.ts';
import { isObject, type JsonObject, type McpMessage } from '../mcp/message.ts';

/** What a message asks to use. */
export interface NamedCapability {
  readonly kind: CapabilityKind | 'TASK';
  /** As the client says it. */
  readonly name: string;
  /** Of a call; undefined where nothing is called with arguments that a rule could judge. */
  readonly callArguments: JsonObject | undefined;
}

/** A message that names something in a form that an upstream could take for something else. */
export const MALFORMED = Symbol('malformed');

const NO_ARGUMENTS: JsonObject = {};

/**
 * What a request or notification asks to use; undefined where it names nothing. By the first part of the method, so that methods of
 * extensions that read a resource or run a tool are judged like those of MCP itself.
 */
export function findNamedCapability({ method, params }: McpMessage): NamedCapability | typeof MALFORMED | undefined {
  if (method === undefined || params === undefined) return undefined;
  if (method === 'completion/complete') return findReferenced(params['ref']);
  const family = method.slice(0, method.indexOf('/') + 1);
  if (family === 'tools/') return toNamed('TOOL', params['name'], params['arguments']);
  if (family === 'prompts/') return toNamed('PROMPT', params['name'], params['arguments']);
  return family === 'resources/' ? toNamed('RESOURCE', params['uri'], NO_ARGUMENTS) : undefined;
}

function toNamed(kind: CapabilityKind, name: unknown, given: unknown): NamedCapability | typeof MALFORMED | undefined {
  if (name === undefined) return undefined;
  if (typeof name !== 'string' || (given != null && !isObject(given))) return MALFORMED;
  return { kind, name, callArguments: given ?? NO_ARGUMENTS };
}

/** A completion is asked for while arguments are being written: like a list, it shows what some call may use. */
function findReferenced(reference: unknown): NamedCapability | typeof MALFORMED | undefined {
  if (reference === undefined) return undefined;
  if (!isObject(reference)) return MALFORMED;
  const { name, type, uri } = reference;
  if (type === 'ref/prompt' && typeof name === 'string') return { kind: 'PROMPT', name, callArguments: undefined };
  if (type === 'ref/resource' && typeof uri === 'string') return { kind: 'RESOURCE_TEMPLATE', name: uri, callArguments: undefined };
  return MALFORMED;
}
