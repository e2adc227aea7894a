import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { isInitializeRequest, type McpServer } from '@modelcontextprotocol/server';

/** Sessions of the revisions up to 2025-11-25: one server and one transport each, the least recently used ones ended first. */
export class SessionTable {
  readonly #transports = new Map<string, NodeStreamableHTTPServerTransport>();
  readonly #build: () => McpServer;
  readonly #capacity: number;

  constructor(build: () => McpServer, capacity: number) {
    this.#build = build;
    this.#capacity = capacity;
  }

  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const id = request.headers['mcp-session-id'];
    if (isInitializeRequest(body)) return (await this.#open()).handleRequest(request, response, body);
    if (typeof id !== 'string') return refuse(response, 400, -32_000, 'A session id is required', body);
    const transport = this.#use(id);
    if (transport === undefined) return refuse(response, 404, -32_001, 'Session not found', body);
    return transport.handleRequest(request, response, body);
  }

  async close(): Promise<void> {
    const transports = [...this.#transports.values()];
    this.#transports.clear();
    await Promise.all(transports.map((transport) => transport.close()));
  }

  /** The map is in the order of last use. */
  #use(id: string): NodeStreamableHTTPServerTransport | undefined {
    const transport = this.#transports.get(id);
    if (transport !== undefined) {
      this.#transports.delete(id);
      this.#transports.set(id, transport);
    }
    return transport;
  }

  async #open(): Promise<NodeStreamableHTTPServerTransport> {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => this.#add(id, transport),
      onsessionclosed: (id) => void this.#transports.delete(id),
    });
    await this.#build().connect(transport);
    return transport;
  }

  async #add(id: string, transport: NodeStreamableHTTPServerTransport): Promise<void> {
    this.#transports.set(id, transport);
    const [oldest] = this.#transports;
    if (oldest === undefined || this.#transports.size <= this.#capacity) return;
    this.#transports.delete(oldest[0]);
    await oldest[1].close();
  }
}

function refuse(response: ServerResponse, status: number, code: number, message: string, body: unknown): void {
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : null;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id }));
}
