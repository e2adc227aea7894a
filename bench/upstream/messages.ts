/** The revision whose sessions the legacy rows use. */
export const LEGACY_REVISION = '2025-11-25';

/** The stateless revision of the modern row. */
export const MODERN_REVISION = '2026-07-28';

/** The id of every request whose answer is prepared in advance. */
export const REQUEST_ID = 1;

/** Bytes of the small answer, whole. */
export const SMALL_BYTES = 1_024;

/** Bytes of the large answer and of the large arguments. */
export const LARGE_BYTES = 256 * 1_024;

/** The answer to a `tools/call`: one text that fills the message up to so many bytes. */
export function toCallAnswer(id: number | string, bytes: number, extra: object = {}): string {
  const empty = { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: '' }], ...extra } };
  const room = bytes - JSON.stringify(empty).length;
  return JSON.stringify({ ...empty, result: { ...empty.result, content: [{ type: 'text', text: fill(room) }] } });
}

/** The answer to `tools/list`, with descriptions and schemas of the size that public servers have (about 670 bytes a tool). */
export function toToolList(id: number | string, count: number): string {
  const tools = Array.from({ length: count }, (_, index) => ({
    name: `records_query_${index}`,
    title: `Query records ${index}`,
    description: `Finds records of collection ${index} that match a filter, newest first. Returns at most the given number. ${fill(120)}`,
    inputSchema: {
      type: 'object',
      properties: {
        filter: { type: 'string', description: 'An expression over the fields of a record.' },
        limit: { type: 'integer', minimum: 1, maximum: 500, description: 'How many records to return.' },
        cursor: { type: 'string', description: 'Where the page before ended.' },
      },
      required: ['filter'],
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  }));
  return JSON.stringify({ jsonrpc: '2.0', id, result: { tools } });
}

/** The answer to `initialize`. */
export function toInitializeAnswer(id: number | string): string {
  const result = {
    protocolVersion: LEGACY_REVISION,
    capabilities: { tools: {} },
    serverInfo: { name: 'bench-upstream', version: '1.0.0' },
  };
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

/** The answer to `server/discover`: by it the gateway learns that an upstream speaks the stateless revision. */
export function toDiscoverAnswer(id: number | string): string {
  const result = { supportedVersions: [MODERN_REVISION, LEGACY_REVISION], capabilities: { tools: {} }, resultType: 'complete' };
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

/** Text that looks like words, so that nothing depends on a run of one character. */
export function fill(length: number): string {
  return 'the quick brown fox jumps over the lazy dog and counts all records twice '.repeat(Math.ceil(length / 72)).slice(0, length);
}
