import type { ServerResponse } from 'node:http';
import { frame, openEventStream, sendJson, type Answer, type JsonRpcMessage, type RecordedRequest } from './upstreams/stub-mcp-server.ts';

/** Answers one method of a modern stub: with the response's `result` or `error`, or by writing the answer itself. */
export type ModernAnswer = (message: JsonRpcMessage, response: ServerResponse, request: RecordedRequest) => object | undefined;

/** What a modern stub says of itself. */
export const DISCOVERED = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} },
  ttlMs: 0,
  cacheScope: 'private',
  _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'stub', version: '1.0.0' } },
};

/** The script of a server that speaks the modern era only and does what a test tells it, method by method. */
export function answerModern(methods: Readonly<Record<string, ModernAnswer>> = {}): Answer {
  return (request, response) => {
    const { message } = request;
    const method = message?.method ?? '';
    if (request.method !== 'POST') return void response.writeHead(405).end();
    if (message?.id === undefined) return void response.writeHead(202).end();
    if (request.headers['mcp-protocol-version'] !== '2026-07-28') return refuse(message, response);
    const answer = methods[method] ?? (method === 'server/discover' ? () => ({ result: DISCOVERED }) : undefined);
    if (answer === undefined) {
      const error = { code: -32601, message: 'Method not found' };
      return sendJson(response, { jsonrpc: '2.0', id: message.id, error }, {}, 404);
    }
    const body = answer(message, response, request);
    if (body !== undefined) sendJson(response, { jsonrpc: '2.0', id: message.id, ...body });
  };
}

/** The script of a server that says it is modern when it is asked, and otherwise does what it is told. */
export function withDiscover(answer: Answer): Answer {
  return (request, response) => {
    const { message } = request;
    if (message?.method !== 'server/discover') return answer(request, response);
    sendJson(response, { jsonrpc: '2.0', id: message.id, result: DISCOVERED });
  };
}

/** Opens a subscription stream that agrees to everything, and returns what sends a notification on it. */
export function openSubscription(message: JsonRpcMessage, response: ServerResponse): (method: string, params?: object) => void {
  openEventStream(response);
  const meta = { 'io.modelcontextprotocol/subscriptionId': message.id };
  const send = (method: string, params: object = {}) =>
    void response.write(frame({ jsonrpc: '2.0', method, params: { ...params, _meta: meta } }));
  send('notifications/subscriptions/acknowledged', { notifications: message.params?.['notifications'] });
  return send;
}

function refuse(message: JsonRpcMessage, response: ServerResponse): void {
  const error = { code: -32022, message: 'Unsupported protocol version', data: { supported: ['2026-07-28'] } };
  sendJson(response, { jsonrpc: '2.0', id: message.id, error }, {}, 400);
}
