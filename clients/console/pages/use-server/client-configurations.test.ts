import { describe, expect, test } from 'vitest';
import { CLIENTS, findAccesses, toClientConfiguration, type ClientName, type ClientTarget } from './client-configurations.ts';

const url = 'https://gateway.example.com/main/tickets/mcp';
const signIn: ClientTarget = { name: 'tickets', url, access: 'sign-in' };
const withKey: ClientTarget = { name: 'tickets', url, access: 'key', key: 'slc_secret' };

function parseFile(client: ClientName, target: ClientTarget): unknown {
  return JSON.parse(toClientConfiguration(client, target).blocks[0]!.text);
}

describe('what clients are told', () => {
  test.each([
    ['cursor', { url }],
    ['windsurf', { serverUrl: url }],
    ['gemini', { httpUrl: url }],
    ['json', { type: 'http', url }],
  ] as const)('%s names the URL as it wants, and a key as a header', (client, server) => {
    expect(parseFile(client, signIn)).toEqual({ mcpServers: { tickets: server } });
    const headers = { Authorization: 'Bearer slc_secret' };
    expect(parseFile(client, withKey)).toEqual({ mcpServers: { tickets: { ...server, headers } } });
  });

  test('Cursor takes over what its link carries', () => {
    const link = new URL(toClientConfiguration('cursor', signIn).link!);
    expect(`${link.protocol}//${link.host}${link.pathname}`).toBe('cursor://anysphere.cursor-deeplink/mcp/install');
    expect(link.searchParams.get('name')).toBe('tickets');
    expect(JSON.parse(atob(link.searchParams.get('config')!))).toEqual({ url });
  });

  test('VS Code takes over what its link carries, and asks for a key itself', () => {
    const { link } = toClientConfiguration('vscode', withKey);
    const { inputs, ...server } = JSON.parse(decodeURIComponent(link!.slice('vscode:mcp/install?'.length))) as { inputs: { id: string }[] };
    expect(server).toEqual({ name: 'tickets', type: 'http', url, headers: { Authorization: `Bearer \${input:${inputs[0]!.id}}` } });
    expect(parseFile('vscode', signIn)).toEqual({ servers: { tickets: { type: 'http', url } } });
  });

  test('no link carries a key', () => {
    const links = CLIENTS.map((client) => toClientConfiguration(client, withKey).link ?? '');
    expect(links.filter((link) => link.includes('slc_secret') || link.includes(btoa('slc_secret').slice(0, 12)))).toEqual([]);
    expect(toClientConfiguration('cursor', withKey).link).toBeUndefined();
  });

  test('Claude Code is told by a command', () => {
    expect(toClientConfiguration('claude-code', withKey).blocks).toEqual([
      { place: 'terminal', text: `claude mcp add --transport http tickets ${url} --header "Authorization: Bearer slc_secret"` },
    ]);
  });

  test('Claude Desktop signs people in by a connector, and sends a key by a bridge', () => {
    expect(toClientConfiguration('claude-desktop', signIn).blocks).toEqual([{ place: 'field', text: url }]);
    const file = parseFile('claude-desktop', { ...withKey, url: 'http://localhost:4100/main/tickets/mcp' });
    expect(file).toMatchObject({ mcpServers: { tickets: { command: 'npx', env: { AUTH_HEADER: 'Bearer slc_secret' } } } });
    expect(JSON.stringify(file)).toContain('--allow-http');
    expect(JSON.stringify(parseFile('claude-desktop', withKey))).not.toContain('--allow-http');
  });

  test('Codex reads the key from the environment', () => {
    const [file, terminal] = toClientConfiguration('codex', withKey).blocks;
    expect(file!.text).toBe(`[mcp_servers.tickets]\nurl = "${url}"\nbearer_token_env_var = "SLUICE_KEY"`);
    expect(terminal!.text).toBe('export SLUICE_KEY=slc_secret');
  });

  test('every way that is offered has a text with the URL in it', () => {
    for (const client of CLIENTS)
      for (const access of findAccesses(client)) {
        const text = toClientConfiguration(client, { ...signIn, access })
          .blocks.map((block) => block.text)
          .join('\n');
        expect(text, client).toContain(url);
      }
  });
});
