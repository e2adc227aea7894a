import { parseLossless } from './lossless-json.ts';
import { isObject, type JsonObject } from './message.ts';

/** The error of an answer (JSON-RPC 2.0 section 5.1). */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** What one side asks of the other. The id of a peer is opaque: it may be a number that a double cannot hold. */
export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly id: unknown;
  readonly method: string;
  readonly params?: JsonObject;
}

export interface RpcNotification {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: JsonObject;
}

/** Exactly one of `result` and `error` is there. */
export interface RpcAnswer {
  readonly jsonrpc: '2.0';
  readonly id: unknown;
  readonly result?: JsonObject;
  readonly error?: RpcError;
}

export type RpcMessage = RpcRequest | RpcNotification | RpcAnswer;

export function isRpcRequest(message: RpcMessage): message is RpcRequest {
  return 'method' in message && 'id' in message;
}

export function isRpcNotification(message: RpcMessage): message is RpcNotification {
  return 'method' in message && !('id' in message);
}

/** The messages in a text, which may be a batch; undefined where it is not JSON-RPC. What a batch holds beside messages is dropped. */
export function parseRpcMessages(text: string): readonly RpcMessage[] | undefined {
  let json: unknown;
  try {
    json = parseLossless(text);
  } catch {
    return undefined; // a SyntaxError says nothing that may be repeated
  }
  if (Array.isArray(json)) return json.filter(isRpcMessage);
  return isRpcMessage(json) ? [json] : undefined;
}

function isRpcMessage(json: unknown): json is RpcMessage {
  if (!isObject(json) || json['jsonrpc'] !== '2.0') return false;
  if (typeof json['method'] === 'string') return (json['params'] === undefined || isObject(json['params'])) && json['id'] !== null;
  return 'id' in json && (isObject(json['result']) || isRpcError(json['error']));
}

function isRpcError(error: unknown): error is RpcError {
  return isObject(error) && typeof error['code'] === 'number' && typeof error['message'] === 'string';
}
