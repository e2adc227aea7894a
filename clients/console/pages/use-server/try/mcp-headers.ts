// Headers that repeat parts of a request (MCP 2026-07-28, Streamable HTTP, Standard Request Headers).

/** Makes a text fit a header: in base64 where it is not visible ASCII, or could be taken for something in base64. */
export function toHeaderValue(text: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?base64?');
  return isPlain ? text : `=?base64?${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}?=`;
}

/** Arguments that the tool wants to see in a header too: those whose schema says so by `x-mcp-header`. */
export function findParameterHeaders(schema: unknown, values: unknown): Record<string, string> {
  const properties = toObject(toObject(schema)['properties']);
  const known = toObject(values);
  const headers: Record<string, string> = {};
  for (const [name, property] of Object.entries(properties)) {
    const header = toObject(property)['x-mcp-header'];
    const value = known[name];
    if (typeof header !== 'string' || !['string', 'number', 'boolean'].includes(typeof value)) continue;
    headers[`mcp-param-${header}`] = toHeaderValue(String(value));
  }
  return headers;
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
