// How each client wants to be told about a server. The formats are the clients' own; what they are based on is in docs/guides/connect-a-client.md.

/** A client, or a way to call a server, that there is a ready text for. */
export const CLIENTS = [
  'cursor',
  'vscode',
  'claude-code',
  'claude-desktop',
  'windsurf',
  'codex',
  'gemini',
  'json',
  'typescript',
  'python',
] as const;
export type ClientName = (typeof CLIENTS)[number];

/** How a client says who it is: the person signs in when it connects, or it sends a key. */
export type ClientAccess = 'sign-in' | 'key';

/** What a client is to be told. */
export interface ClientTarget {
  /** What the client calls the server: the slug, so it is safe as a key of JSON and TOML and as a word of a command. */
  readonly name: string;
  readonly url: string;
  readonly access: ClientAccess;
  /** The key, where one was just made. It is never put into a link. */
  readonly key?: string;
}

/** A text, and where it belongs: into a file, a terminal, or a field of the client. */
export interface ConfigurationBlock {
  readonly place: 'file' | 'terminal' | 'field';
  readonly path?: string;
  readonly text: string;
}

/** Everything that one client needs. */
export interface ClientConfiguration {
  readonly blocks: readonly ConfigurationBlock[];
  /** Opens the client and proposes the server there. */
  readonly link?: string;
}

/** Stands where the person's key belongs, until one is made. */
export const KEY_PLACEHOLDER = 'YOUR_KEY';
/** The variable of the environment that holds the key, where a client reads it from there. */
const KEY_VARIABLE = 'SLUICE_KEY';

/** Programs send a key; everything else can do both. */
export function findAccesses(client: ClientName): readonly ClientAccess[] {
  return client === 'typescript' || client === 'python' ? ['key'] : ['sign-in', 'key'];
}

/** The ready texts for a client. */
export function toClientConfiguration(client: ClientName, target: ClientTarget): ClientConfiguration {
  switch (client) {
    case 'cursor':
      return toCursor(target);
    case 'vscode':
      return toVscode(target);
    case 'claude-code':
      return toClaudeCode(target);
    case 'claude-desktop':
      return toClaudeDesktop(target);
    case 'windsurf':
      return toFile('~/.codeium/windsurf/mcp_config.json', toServers(target, { serverUrl: target.url, ...toHeaders(target) }));
    case 'codex':
      return toCodex(target);
    case 'gemini':
      return toFile('~/.gemini/settings.json', toServers(target, { httpUrl: target.url, ...toHeaders(target) }));
    case 'json':
      return toFile(undefined, toServers(target, { type: 'http', url: target.url, ...toHeaders(target) }));
    case 'typescript':
      return toProgram(target, toTypescript(target));
    case 'python':
      return toProgram(target, toPython(target));
  }
}

function toCursor(target: ClientTarget): ClientConfiguration {
  const server = { url: target.url, ...toHeaders(target) };
  const query = new URLSearchParams({ name: target.name, config: toBase64(JSON.stringify(server)) });
  return {
    ...toFile('~/.cursor/mcp.json', toServers(target, server)),
    // A link stays in the history of the browser, so none carries a key.
    ...(target.access === 'sign-in' && { link: `cursor://anysphere.cursor-deeplink/mcp/install?${query.toString()}` }),
  };
}

/** VS Code asks for the key itself and keeps it, so neither the file nor the link needs it. */
function toVscode({ name, url, access }: ClientTarget): ClientConfiguration {
  const id = `${name}-key`;
  const isAsking = access === 'key';
  const server = { type: 'http', url, ...(isAsking && { headers: { Authorization: `Bearer \${input:${id}}` } }) };
  const inputs = isAsking ? { inputs: [{ type: 'promptString', id, description: `Key for ${name}`, password: true }] } : {};
  return {
    ...toFile('.vscode/mcp.json', { ...inputs, servers: { [name]: server } }),
    link: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, ...inputs, ...server }))}`,
  };
}

function toClaudeCode({ name, url, access, key = KEY_PLACEHOLDER }: ClientTarget): ClientConfiguration {
  const header = access === 'key' ? ` --header "Authorization: Bearer ${key}"` : '';
  return { blocks: [{ place: 'terminal', text: `claude mcp add --transport http ${name} ${url}${header}` }] };
}

/** Its connectors sign people in; a key gets in only by a bridge that it starts as a program. */
function toClaudeDesktop(target: ClientTarget): ClientConfiguration {
  if (target.access === 'sign-in') return { blocks: [{ place: 'field', text: target.url }] };
  const insecure = target.url.startsWith('http:') ? ['--allow-http'] : [];
  // The header is put together from the environment, because some systems split arguments at blanks.
  const args = ['-y', 'mcp-remote', target.url, '--transport', 'http-only', ...insecure, '--header', 'Authorization:${AUTH_HEADER}'];
  return toFile('claude_desktop_config.json', toServers(target, { command: 'npx', args, env: { AUTH_HEADER: toBearer(target) } }));
}

function toCodex({ name, url, access, key = KEY_PLACEHOLDER }: ClientTarget): ClientConfiguration {
  const isKey = access === 'key';
  const lines = [`[mcp_servers.${name}]`, `url = ${JSON.stringify(url)}`, ...(isKey ? [`bearer_token_env_var = "${KEY_VARIABLE}"`] : [])];
  return {
    blocks: [
      { place: 'file', path: '~/.codex/config.toml', text: lines.join('\n') },
      { place: 'terminal', text: isKey ? `export ${KEY_VARIABLE}=${key}` : `codex mcp login ${name}` },
    ],
  };
}

function toProgram({ key = KEY_PLACEHOLDER }: ClientTarget, text: string): ClientConfiguration {
  return {
    blocks: [
      { place: 'terminal', text: `export ${KEY_VARIABLE}=${key}` },
      { place: 'file', text },
    ],
  };
}

function toTypescript({ url }: ClientTarget): string {
  return `// npm install @modelcontextprotocol/client
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const transport = new StreamableHTTPClientTransport(new URL(${JSON.stringify(url)}), {
  requestInit: { headers: { authorization: \`Bearer \${process.env['${KEY_VARIABLE}']}\` } },
});
const client = new Client({ name: 'my-agent', version: '1.0.0' });
await client.connect(transport);
console.log(await client.listTools());
await client.close();`;
}

function toPython({ url }: ClientTarget): string {
  return `# pip install mcp
import asyncio
import os

import httpx
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

HEADERS = {"Authorization": f"Bearer {os.environ['${KEY_VARIABLE}']}"}


async def main():
    async with httpx.AsyncClient(headers=HEADERS, timeout=60, follow_redirects=True) as http_client:
        async with streamable_http_client(${JSON.stringify(url)}, http_client=http_client) as streams:
            async with ClientSession(streams[0], streams[1]) as session:
                await session.initialize()
                print(await session.list_tools())


asyncio.run(main())`;
}

function toServers({ name }: ClientTarget, server: object): object {
  return { mcpServers: { [name]: server } };
}

function toHeaders(target: ClientTarget): object {
  return target.access === 'key' ? { headers: { Authorization: toBearer(target) } } : {};
}

function toBearer({ key = KEY_PLACEHOLDER }: ClientTarget): string {
  return `Bearer ${key}`;
}

function toFile(path: string | undefined, content: object): ClientConfiguration {
  return { blocks: [{ place: 'file', ...(path !== undefined && { path }), text: JSON.stringify(content, null, 2) }] };
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
