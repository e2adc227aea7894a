import type { JsonRpcId } from './message.ts';

const ID_AT_START = Buffer.from('id:');
const ID_FIELD = Buffer.from('\nid:');

/** Whether a piece of a stream carries an event id, by which a client could resume the stream. */
export function hasEventId(chunk: Buffer): boolean {
  return chunk.includes(ID_FIELD) || chunk.subarray(0, ID_AT_START.length).equals(ID_AT_START);
}

/** The event that answers a call whose stream broke off, so that its client does not wait for ever. */
export function toErrorEvent(id: JsonRpcId): string {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    error: { code: -32603, message: 'The connection to the MCP server was lost before it answered.' },
    id,
  });
  return `event: message\ndata: ${body}\n\n`;
}
