import { createRequire } from 'node:module';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client as FirstLineClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ClientStore, connectByUrl } from '../../support/url-client.ts';
import type { BrowsingPerson } from './person.ts';

/** A client that was given a URL and nothing else, and what it keeps between its runs. */
export interface UrlClient {
  /** What the person sees of it. */
  readonly title: string;
  /** Starts it, with a person who does what it asks for. */
  connect(person: BrowsingPerson): Promise<UrlSession>;
  /** What happens to an access token with time: the next use finds that it is worth nothing any longer. */
  forgetAccessToken?(): void;
}

export interface UrlSession {
  /** What the tool answers, as text. Rejects where it cannot be called. */
  callTool(name: string): Promise<string>;
  close(): Promise<void>;
}

/** A kind of client. */
export interface UrlClientKind {
  readonly name: string;
  install(url: string): Promise<UrlClient>;
}

/** The first line of the official SDK. */
const firstLine: UrlClientKind = {
  name: 'SDK v1',
  install: async (url) => {
    const store = new ClientStore();
    const connect = async (person: BrowsingPerson): Promise<UrlSession> => {
      const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: store });
      const client = new FirstLineClient({ name: 'sluice-interop', version: '1.0.0' });
      try {
        await client.connect(transport);
        return { callTool: async (name) => JSON.stringify(await client.callTool({ name })), close: () => client.close() };
      } catch (cause) {
        if (!(cause instanceof UnauthorizedError)) throw cause;
      }
      const back = await person.authorize(store.authorizationUrl!.href);
      await transport.finishAuth(back.searchParams.get('code') ?? `none: ${back.search}`);
      return connect(person);
    };
    return { title: store.clientMetadata.client_name, connect, forgetAccessToken: () => forget(store) };
  },
};

/** The second line of the official SDK, by how it finds out the protocol era. */
function secondLine(negotiation: 'legacy' | 'auto'): UrlClientKind {
  return {
    name: `SDK v2 ${negotiation}`,
    install: async (url) => {
      const store = new ClientStore();
      const connect = async (person: BrowsingPerson): Promise<UrlSession> => {
        const client = await connectByUrl(url, store, { authorize: (authorizationUrl) => person.authorize(authorizationUrl), negotiation });
        return { callTool: async (name) => JSON.stringify(await client.callTool({ name })), close: () => client.close() };
      };
      return { title: store.clientMetadata.client_name, connect, forgetAccessToken: () => forget(store) };
    },
  };
}

/** The bridge for clients without remote servers, as the program that they start. It says where a browser has to go, and waits on a port of its own. */
function mcpRemote(protocol: 'legacy' | 'auto', stateDir: string): UrlClientKind {
  const entry = path.join(path.dirname(createRequire(import.meta.url).resolve('mcp-remote/package.json')), 'dist/proxy.js');
  return {
    name: protocol === 'legacy' ? 'mcp-remote' : 'mcp-remote auto',
    install: async (url) => {
      const state = await mkdtemp(path.join(stateDir, 'mcp-remote-'));
      const connect = async (person: BrowsingPerson): Promise<UrlSession> => {
        const transport = new StdioClientTransport({
          command: process.execPath,
          args: [entry, url, '--allow-http', '--transport', 'http-only', '--protocol', protocol],
          env: { PATH: '', HOME: state, MCP_REMOTE_CONFIG_DIR: state, BROWSER: 'none' },
          stderr: 'pipe',
        });
        watchForBrowser(transport, person);
        // As hosts that start programs do. A client that probes would wait a minute for an answer while the person is still at the browser.
        const client = new Client({ name: 'sluice-interop', version: '1.0.0' });
        await client.connect(transport);
        return { callTool: async (name) => JSON.stringify(await client.callTool({ name })), close: () => client.close() };
      };
      return { title: 'MCP CLI Proxy', connect };
    },
  };
}

/** All of them, by the era that they look for. */
export function listUrlClients(
  stateDir: string,
): readonly [firstLine: UrlClientKind, legacy: UrlClientKind, auto: UrlClientKind, remote: UrlClientKind, remoteAuto: UrlClientKind] {
  return [firstLine, secondLine('legacy'), secondLine('auto'), mcpRemote('legacy', stateDir), mcpRemote('auto', stateDir)];
}

function watchForBrowser(transport: StdioClientTransport, person: BrowsingPerson): void {
  const opened = new Set<string>();
  let said = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    for (const [, url] of said.matchAll(/by visiting:\s+(\S+)\s/g)) {
      if (opened.has(url!)) continue;
      opened.add(url!);
      const isBack = ({ pathname }: URL) => pathname === '/oauth/callback';
      void person.authorize(url!, isBack).catch(() => undefined); // the person remembers what was refused, and the program goes on waiting
    }
  });
}

function forget(store: ClientStore): void {
  if (store.stored !== undefined) store.stored = { ...store.stored, access_token: `${store.stored.access_token}x` };
}
