import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { isInitializeRequest } from '@modelcontextprotocol/server';
import { MemoryEventStore } from './event-store.ts';
import { FixtureSessions } from './fixture-sessions.ts';

/** What a client is told to wait before it reconnects, in milliseconds. */
const RETRY_INTERVAL_MS = 100;

/** The legacy half of the fixture: one server and one transport a session, found by the session's id. */
export class LegacySessions {
  readonly #sessions = new FixtureSessions();
  readonly #transports = new Map<string, NodeStreamableHTTPServerTransport>();

  get size(): number {
    return this.#transports.size;
  }

  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? this.#transports.get(id) : undefined;
    if (known !== undefined) return known.handleRequest(request, response, body);
    if (typeof id === 'string' && !isInitializeRequest(body)) return refuse(response, 404, -32_001, 'Session not found', body);
    if (!isInitializeRequest(body)) return refuse(response, 400, -32_000, 'Bad Request: No valid session ID provided', body);
    const transport = await this.#open();
    await transport.handleRequest(request, response, body);
  }

  async close(): Promise<void> {
    const transports = [...this.#transports.values()];
    this.#transports.clear();
    await Promise.all(transports.map((transport) => transport.close()));
  }

  async #open(): Promise<NodeStreamableHTTPServerTransport> {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      eventStore: new MemoryEventStore(),
      retryInterval: RETRY_INTERVAL_MS,
      onsessioninitialized: (id) => void this.#transports.set(id, transport),
      onsessionclosed: (id) => void this.#transports.delete(id),
    });
    await this.#sessions.connect(transport);
    return transport;
  }
}

function refuse(response: ServerResponse, status: number, code: number, message: string, body: unknown): void {
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : null;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id }));
}
