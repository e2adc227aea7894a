import { createHash } from 'node:crypto';
import type { CapabilityKind } from './access-rule.ts';

/** What a person approves: the part of a definition that a model reads or that shapes a call. Volatile parts (sizes, dates) are not in it. */
const DEFINING: Readonly<Record<CapabilityKind, readonly string[]>> = {
  TOOL: ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'],
  PROMPT: ['name', 'title', 'description', 'arguments'],
  RESOURCE: ['uri', 'name', 'title', 'description', 'mimeType'],
  RESOURCE_TEMPLATE: ['uriTemplate', 'name', 'title', 'description', 'mimeType'],
};

/** How deeply a definition may be nested. */
const MAX_DEPTH = 64;

/**
 * The hash of an element of `tools/list`, `prompts/list` and so on, equal however its keys are ordered: SHA-256, base64url. Undefined
 * where it is nested too deeply to be looked through; nobody can approve such a definition.
 */
export function hashDefinition(kind: CapabilityKind, element: Readonly<Record<string, unknown>>): string | undefined {
  const parts = Object.values(toDefiningParts(kind, element)).map((part) => part ?? null);
  const canonical = toCanonical(parts, MAX_DEPTH);
  return canonical === undefined ? undefined : createHash('sha256').update(canonical).digest('base64url');
}

/** What of an element a person approves, by the name of the part. */
export function toDefiningParts(kind: CapabilityKind, element: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...Object.fromEntries(DEFINING[kind].map((part) => [part, element[part]])), uiResourceUri: findUiResource(element) };
}

/** The UI resource that a tool names in `_meta`, in either spelling of the MCP Apps extension. */
export function findUiResource(element: Readonly<Record<string, unknown>>): string | undefined {
  const meta = element['_meta'];
  if (!isObject(meta)) return undefined;
  const ui = meta['ui'];
  const uri = isObject(ui) ? ui['resourceUri'] : meta['ui/resourceUri'];
  return typeof uri === 'string' ? uri : undefined;
}

function toCanonical(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth === 0) return undefined;
  const isList = Array.isArray(value);
  const entries: [string, unknown][] = isList
    ? value.map((item) => ['', item])
    : Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parts = entries.map(([key, item]) => {
    const text = toCanonical(item, depth - 1);
    return text === undefined || isList ? text : `${JSON.stringify(key)}:${text}`;
  });
  if (parts.includes(undefined)) return undefined;
  return isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
