import { toErrorBody, type WireError } from '../request/rejection.ts';
import type { JsonRpcId } from './message.ts';

const ID_AT_START = Buffer.from('id:');
const ID_FIELD = Buffer.from('\nid:');

/** Whether a piece of a stream carries an event id, by which a client could resume the stream. */
export function hasEventId(chunk: Buffer): boolean {
  return chunk.includes(ID_FIELD) || chunk.subarray(0, ID_AT_START.length).equals(ID_AT_START);
}

/** The event that answers a call which gets no other answer, so that its client does not wait for ever. */
export function toErrorEvent(error: WireError, id: JsonRpcId | undefined): string {
  return `event: message\ndata: ${toErrorBody(error, id)}\n\n`;
}
