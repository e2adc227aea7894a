import { createRequire } from 'node:module';
import path from 'node:path';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { openSession } from './sdk-second-line.ts';
import { toKeyHeader, type InteropClient } from './session.ts';

/** The bridge that clients without remote servers start as a program: MCP on its standard input and output, HTTP towards the gateway. */
export function mcpRemote(name: string, protocol: 'legacy' | 'auto', stateDir: string): InteropClient {
  const entry = path.join(path.dirname(createRequire(import.meta.url).resolve('mcp-remote/package.json')), 'dist/proxy.js');
  return {
    name,
    connect: (destination) => {
      const [header, value] = toKeyHeader(destination);
      const args = [entry, destination.url, '--transport', 'http-only', '--protocol', protocol, '--header', `${header}:${value}`];
      const env = { PATH: process.env['PATH'] ?? '', HOME: stateDir, MCP_REMOTE_CONFIG_DIR: stateDir };
      return openSession(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }), protocol);
    },
  };
}
