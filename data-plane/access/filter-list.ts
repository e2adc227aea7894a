import { decideAccess, findPresentation, isHeldDefinition } from '../../contract/access-decision.ts';
import type { CapabilityKind } from '../../contract/access-rule.ts';
import { hashDefinition } from '../../contract/capability-definition.ts';
import { isObject, type JsonObject } from '../mcp/message.ts';
import type { AccessView } from './access-view.ts';

interface ListShape {
  readonly kind: CapabilityKind;
  /** Where the elements are in the result. */
  readonly field: string;
  /** Where the name is in an element. */
  readonly key: string;
}

const SHAPES: readonly ListShape[] = [
  { kind: 'TOOL', field: 'tools', key: 'name' },
  { kind: 'PROMPT', field: 'prompts', key: 'name' },
  { kind: 'RESOURCE', field: 'resources', key: 'uri' },
  { kind: 'RESOURCE_TEMPLATE', field: 'resourceTemplates', key: 'uriTemplate' },
];

const METHODS: ReadonlySet<string | undefined> = new Set(['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']);

/** Whether the answers of a method are lists of capabilities. */
export function isListMethod(method: string | undefined): boolean {
  return METHODS.has(method);
}

/**
 * A page of a list with what the caller may use, in the words of the workspace. Cursors are the upstream's and stay: a page may be empty and
 * have a next one. Recognized by its shape, because a stream that is resumed does not say what was asked; the same object where it is no list.
 */
export function filterList(view: AccessView, result: JsonObject): JsonObject {
  const shape = SHAPES.find(({ field }) => Array.isArray(result[field]));
  if (shape === undefined) return result;
  const elements = (result[shape.field] as readonly unknown[]).map((element) => present(view, shape, element));
  const filtered = { ...result, [shape.field]: elements.filter((element) => element !== undefined) };
  // Another caller's list may be longer or shorter (MCP 2026-07-28, Caching).
  return 'cacheScope' in result ? { ...filtered, cacheScope: 'private' } : filtered;
}

/** How a caller sees an element; undefined: not at all. */
function present({ caller, policy }: AccessView, { key, kind }: ListShape, element: unknown): JsonObject | undefined {
  if (!isObject(element)) return undefined;
  const name = element[key];
  if (typeof name !== 'string' || !decideAccess(policy, caller, kind, name).isAllowed) return undefined;
  const isPinning = policy.route.capabilityPolicy?.pinsDefinitions === true;
  if (isPinning && isHeldDefinition(policy, kind, name, hashDefinition(kind, element))) return undefined;
  const presentation = findPresentation(policy, kind, name);
  if (presentation === undefined) return undefined;
  const shown: Record<string, unknown> = { ...element };
  if (presentation.name !== undefined) shown[key] = presentation.name;
  if (presentation.title !== undefined) shown['title'] = presentation.title;
  if (presentation.description !== undefined) shown['description'] = presentation.description;
  return shown;
}
