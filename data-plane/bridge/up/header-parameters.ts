import { encodeHeaderValue } from '../../mcp/modern-envelope.ts';
import { isObject } from '../../mcp/message.ts';

/** A parameter that a tool wants repeated in a header (MCP 2026-07-28, Transports, Schema extension). */
export interface HeaderParameter {
  /** Where its value is in the arguments. */
  readonly path: readonly string[];
  /** What follows `Mcp-Param-`. */
  readonly header: string;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);

/** How deep a schema is searched: deeper than any that is meant, and not as deep as one that is meant to be a trap. */
const MAX_DEPTH = 16;

/** The declarations in a tool's input schema. One that a header cannot carry is left out: the upstream then says what it misses. */
export function findHeaderParameters(inputSchema: unknown, path: readonly string[] = []): readonly HeaderParameter[] {
  if (!isObject(inputSchema) || path.length > MAX_DEPTH) return [];
  const header = inputSchema['x-mcp-header'];
  const isDeclared = path.length > 0 && typeof header === 'string' && TOKEN.test(header) && HEADER_TYPES.has(inputSchema['type']);
  const own = isDeclared ? [{ path, header }] : [];
  const properties = inputSchema['properties'];
  if (!isObject(properties)) return own;
  return [...own, ...Object.entries(properties).flatMap(([name, schema]) => findHeaderParameters(schema, [...path, name]))];
}

/** The headers for a call's arguments, names and values in turn. A value that is absent or null has none. */
export function toParameterHeaders(parameters: readonly HeaderParameter[], args: unknown): string[] {
  return parameters.flatMap(({ path, header }) => {
    const value = toHeaderText(findValue(args, path));
    return value === undefined ? [] : [`mcp-param-${header}`, encodeHeaderValue(value)];
  });
}

function findValue(args: unknown, path: readonly string[]): unknown {
  let value = args;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function toHeaderText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value)) ? String(value) : undefined;
}
