import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashDefinition } from '../../../contract/capability-definition.ts';
import type { CapabilityKind, KnownCapability } from '../../../contract/access-rule.ts';
import { answerModern, DISCOVERED, openSubscription } from '../modern-stub.ts';
import { frame, initializeAnswer, openEventStream, sendJson, stubMcpServer, type Answer, type JsonRpcMessage } from './stub-mcp-server.ts';

/** What a client speaks, and how one of these upstreams is reached: every pairing of them. */
export const ACCESS_PAIRINGS = [
  ['legacy', 'legacy'],
  ['modern', 'modern'],
  ['legacy', 'modern'],
  ['modern', 'legacy'],
  ['legacy', 'sse'],
  ['modern', 'sse'],
] as const;

/** Three upstreams that offer the same and differ in how they are reached. */
export interface AccessUpstreams {
  readonly legacyUrl: string;
  readonly modernUrl: string;
  readonly sseUrl: string;
  /** Everything that was asked of them with this method, since the last `forget`. */
  asked(method: string): readonly JsonRpcMessage[];
  /** The headers of every request with this method, since the last `forget`. */
  headersOf(method: string): readonly IncomingHttpHeaders[];
  forget(): void;
  /** Lets the modern one take this long for each call of a tool, in milliseconds. */
  delay(ms: number): void;
  /** Sends a notification on everything that listens; how many that are. */
  notify(method: string, params?: object): number;
  close(): Promise<void>;
}

/** A capability as an upstream writes it in a list. */
export function toElement({ kind, name, annotations, uiResourceUri }: KnownCapability): Readonly<Record<string, unknown>> {
  switch (kind) {
    case 'TOOL': {
      const meta = uiResourceUri === undefined ? {} : { _meta: { ui: { resourceUri: uiResourceUri } } };
      return { name, description: `The tool ${name}.`, inputSchema: { type: 'object' }, ...(annotations && { annotations }), ...meta };
    }
    case 'PROMPT':
      return { name, description: `The prompt ${name}.` };
    case 'RESOURCE':
      return { uri: name, name };
    case 'RESOURCE_TEMPLATE':
      return { uriTemplate: name, name };
  }
}

/** The capability with the hash of what {@link toElement} makes of it. */
export function withRealHash(capability: KnownCapability): KnownCapability {
  return { ...capability, definitionHash: hashDefinition(capability.kind, toElement(capability))! };
}

const LISTS: Readonly<Record<string, readonly [CapabilityKind, string]>> = {
  'tools/list': ['TOOL', 'tools'],
  'prompts/list': ['PROMPT', 'prompts'],
  'resources/list': ['RESOURCE', 'resources'],
  'resources/templates/list': ['RESOURCE_TEMPLATE', 'resourceTemplates'],
};

/** Lists in pages of two; does whatever it is asked, and says with what. A name that begins with `absent` is not there. */
export async function startAccessUpstreams(capabilities: readonly KnownCapability[]): Promise<AccessUpstreams> {
  const asked: JsonRpcMessage[] = [];
  const listeners = new Set<Send>();
  let delayMs = 0;
  const respond = (message: JsonRpcMessage): { result: object } | { error: object } => {
    asked.push(message);
    const { method = '', params = {} } = message;
    const list = LISTS[method];
    if (list !== undefined) return { result: toPage(capabilities, list, params['cursor']) };
    const name = String(params['name'] ?? params['uri']);
    if (name.startsWith('absent')) return { error: { code: -32602, message: `Tool ${name} not found` } };
    return { result: { done: name, content: [{ type: 'text', text: `did ${name}` }] } };
  };
  const legacy = await stubMcpServer(answerLegacyWith(respond, listeners));
  const modernMethods = [...Object.keys(LISTS), 'tools/call', 'prompts/get', 'resources/read', 'completion/complete'];
  const answerModernCall = (message: JsonRpcMessage, response: ServerResponse) => {
    const answer = respond(message);
    const caching = (message.method ?? '') in LISTS ? { ttlMs: 60_000, cacheScope: 'public' } : {};
    const whole = 'result' in answer ? { result: { ...answer.result, ...caching, resultType: 'complete' } } : answer;
    if (message.method === 'tools/call' && delayMs > 0) {
      setTimeout(() => sendJson(response, { jsonrpc: '2.0', id: message.id, ...whole }), delayMs);
      return undefined;
    }
    if (message.method !== 'tools/list') return whole;
    openEventStream(response);
    response.end(frame({ jsonrpc: '2.0', id: message.id, ...whole }));
    return undefined;
  };
  const modern = await stubMcpServer(
    answerModern({
      ...Object.fromEntries(modernMethods.map((method) => [method, answerModernCall])),
      'subscriptions/listen': (message, response) => {
        asked.push(message);
        listen(listeners, response, openSubscription(message, response));
        return undefined;
      },
    }),
  );
  const sse = await startSseUpstream(respond, listeners);
  const requests = () => [...legacy.requests, ...modern.requests, ...sse.requests];
  return {
    legacyUrl: legacy.url,
    modernUrl: modern.url,
    sseUrl: sse.url,
    asked: (method) => asked.filter((message) => message.method === method),
    notify: (method, params) => {
      for (const send of listeners) send(method, params);
      return listeners.size;
    },
    delay: (ms) => void (delayMs = ms),
    headersOf: (method) =>
      requests()
        .filter(({ message }) => message?.method === method)
        .map(({ headers }) => headers),
    forget: () => {
      asked.splice(0);
      legacy.forget();
      modern.forget();
      sse.requests.splice(0);
    },
    close: async () => void (await Promise.all([legacy.close(), modern.close(), sse.close()])),
  };
}

type Respond = (message: JsonRpcMessage) => object;
type Send = (method: string, params?: object) => void;

function listen(listeners: Set<Send>, response: ServerResponse, send: Send = toSender(response)): void {
  listeners.add(send);
  response.on('close', () => listeners.delete(send));
}

function toSender(response: ServerResponse): Send {
  return (method, params = {}) => void response.write(frame({ jsonrpc: '2.0', method, params }));
}

/** Lists come as streams, everything else as JSON. */
function answerLegacyWith(respond: Respond, listeners: Set<Send>): Answer {
  return (request, response) => {
    const { message } = request;
    if (request.method === 'DELETE') return void response.writeHead(200).end();
    if (request.method === 'GET') {
      openEventStream(response);
      return listen(listeners, response);
    }
    if (Array.isArray(message)) {
      const requests = (message as JsonRpcMessage[]).filter(({ id }) => id !== undefined);
      return sendJson(
        response,
        requests.map((one) => ({ jsonrpc: '2.0', id: one.id, ...respond(one) })),
      );
    }
    if (message?.id === undefined || message.method === undefined) return void response.writeHead(202).end();
    if (message.method === 'initialize') return sendJson(response, toInitialized(message), { 'mcp-session-id': 'session-1' });
    if (message.method === 'server/discover') {
      return sendJson(response, { jsonrpc: '2.0', id: message.id, error: { code: -32000, message: 'Bad Request' } }, {}, 400);
    }
    const answer = { jsonrpc: '2.0', id: message.id, ...respond(message) };
    if (!(message.method in LISTS)) return sendJson(response, answer);
    openEventStream(response);
    response.end(`: hello\n\nid: 1\n${frame(answer)}`);
  };
}

function toInitialized(message: JsonRpcMessage): object {
  const answer = initializeAnswer(message) as { result: object };
  return { ...answer, result: { ...answer.result, capabilities: DISCOVERED.capabilities } };
}

function toPage(capabilities: readonly KnownCapability[], [kind, field]: readonly [CapabilityKind, string], cursor: unknown): object {
  const start = cursor === undefined ? 0 : Number(cursor);
  const own = capabilities.filter((capability) => capability.kind === kind);
  const elements = own.slice(start, start + 2).map(toElement);
  return { [field]: elements, ...(start + 2 < own.length && { nextCursor: String(start + 2) }) };
}

interface SseRequest {
  readonly headers: IncomingHttpHeaders;
  readonly message: JsonRpcMessage;
}

/** HTTP with SSE (MCP 2024-11-05). */
async function startSseUpstream(
  respond: Respond,
  listeners: Set<Send>,
): Promise<{ readonly url: string; readonly requests: SseRequest[]; close(): Promise<void> }> {
  const requests: SseRequest[] = [];
  const streams = new Map<string, ServerResponse>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET' && pathname === '/sse') {
      const id = String(streams.size + 1);
      streams.set(id, response);
      openEventStream(response);
      listen(listeners, response);
      return void response.write(`event: endpoint\ndata: /message?sessionId=${id}\n\n`);
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(202).end();
      const stream = streams.get(searchParams.get('sessionId') ?? '');
      const message = JSON.parse(Buffer.concat(chunks).toString('utf8')) as JsonRpcMessage;
      requests.push({ headers: request.headers, message });
      if (message.id === undefined || message.method === undefined) return;
      const answer = message.method === 'initialize' ? toInitialized(message) : { jsonrpc: '2.0', id: message.id, ...respond(message) };
      stream?.write(frame(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    requests,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
