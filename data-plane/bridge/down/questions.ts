// What a legacy upstream asks in the middle of a call, as the questions of an `input_required` result. Pure.
import type { RpcError, RpcRequest } from '../../mcp/json-rpc.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';

/** The methods whose calls may be answered with a question (MCP 2026-07-28, Multi round-trip requests). */
const CALLS_THAT_ASK: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** MCP 2025-11-25, Elicitation, URL mode: the call was not made, because the user has to visit pages first. */
const URL_ELICITATION_REQUIRED = -32042;

/** Whether a call of this method, by a client with these capabilities, can carry this request to the client. */
export function canCarry(callMethod: string, capabilities: JsonObject, { method, params }: RpcRequest): boolean {
  if (!CALLS_THAT_ASK.has(callMethod)) return false;
  switch (method) {
    case 'roots/list':
      return capabilities['roots'] !== undefined;
    case 'sampling/createMessage':
      return capabilities['sampling'] !== undefined;
    case 'elicitation/create': {
      const modes = capabilities['elicitation'];
      if (!isObject(modes)) return false;
      // Elicitation without a mode means forms, and so does a capability that names none.
      return params?.['mode'] === 'url' ? modes['url'] !== undefined : modes['form'] !== undefined || modes['url'] === undefined;
    }
    default:
      return false;
  }
}

/** A server request as a question. The id of a page that is to be visited has no meaning in the modern era: nobody announces the visit. */
export function toQuestion({ method, params }: RpcRequest): JsonObject {
  if (params === undefined) return { method, params: {} };
  const { elicitationId: _id, task: _task, ...kept } = params;
  return { method, params: kept };
}

/** The questions in an error that demands visits of pages, or undefined where it is another error. */
export function findRequiredVisits(error: RpcError): readonly JsonObject[] | undefined {
  if (error.code !== URL_ELICITATION_REQUIRED || !isObject(error.data)) return undefined;
  const { elicitations } = error.data;
  if (!Array.isArray(elicitations) || elicitations.length === 0) return undefined;
  return elicitations.filter(isObject).map((params) => toQuestion({ jsonrpc: '2.0', id: 0, method: 'elicitation/create', params }));
}
