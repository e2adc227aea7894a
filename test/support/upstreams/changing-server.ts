import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';

/** A tool that says its own name when it is called. */
export interface ChangingTool {
  readonly name: string;
  readonly description: string;
  /** The names of its parameters; all are texts. */
  readonly parameters: readonly string[];
}

/** An upstream of the official SDK whose tools become other ones while it runs. */
export interface ChangingServer {
  /** The MCP endpoint. */
  readonly url: string;
  /** The names of tools that were called, in order. */
  readonly calls: readonly string[];
  /** Offers other tools from now on, and tells whoever listens. */
  change(tools: readonly ChangingTool[]): void;
  close(): Promise<void>;
}

export async function startChangingServer(tools: readonly ChangingTool[]): Promise<ChangingServer> {
  const calls: string[] = [];
  let offered = tools;
  const handler = createMcpHandler(() => build(offered, calls));
  const server = createServer(toNodeHandler(handler));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    calls,
    change(next) {
      offered = next;
      handler.notify.toolsChanged();
    },
    close: async () => {
      await handler.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

function build(tools: readonly ChangingTool[], calls: string[]): McpServer {
  const server = new McpServer({ name: 'changing', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } });
  for (const { name, description, parameters } of tools) {
    const properties = Object.fromEntries(parameters.map((parameter) => [parameter, { type: 'string' }]));
    const inputSchema = fromJsonSchema<Record<string, unknown>>({ type: 'object', properties });
    server.registerTool(name, { description, inputSchema }, () => {
      calls.push(name);
      return { content: [{ type: 'text', text: name }] };
    });
  }
  return server;
}
