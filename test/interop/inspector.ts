import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { toKeyHeader, type Destination, type InteropClient } from './session.ts';

/** The inspector's command line: one process for each question, so there is nobody whom a server could ask or tell something. */
export function inspector(name: string, era: 'legacy' | 'auto' | 'modern', stateDir: string): InteropClient {
  const entry = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json')),
    'clients/launcher/build/index.js',
  );
  const ask = async (destination: Destination, ...question: readonly string[]) => {
    const [header, value] = toKeyHeader(destination);
    const args = [
      entry,
      '--cli',
      destination.url,
      '--transport',
      'http',
      '--protocol-era',
      era,
      '--format',
      'json',
      '--header',
      `${header}: ${value}`,
    ];
    const env = { PATH: process.env['PATH'], HOME: stateDir, MCP_CATALOG_PATH: path.join(stateDir, 'catalog.json') };
    const { stdout } = await promisify(execFile)(process.execPath, [...args, ...question], { env, timeout: TIMEOUT_MS }).catch(refuse);
    return stdout;
  };
  return {
    name,
    connect: async (destination) => ({
      listTools: () => ask(destination, '--method', 'tools/list'),
      listResources: () => ask(destination, '--method', 'resources/list'),
      listPrompts: () => ask(destination, '--method', 'prompts/list'),
      callTool: (tool, args) => ask(destination, '--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args)),
      readResource: (uri) => ask(destination, '--method', 'resources/read', '--uri', uri),
      getPrompt: (prompt) => ask(destination, '--method', 'prompts/get', '--prompt-name', prompt),
      close: async () => {},
    }),
  };
}

/** One question, with the start of a process, in milliseconds. */
const TIMEOUT_MS = 45_000;

/** The command line has the key in it, so the error of the process is not passed on as it is. */
function refuse(cause: { readonly killed?: boolean; readonly stderr?: string }): never {
  throw new Error(cause.killed === true ? `the inspector took longer than ${TIMEOUT_MS} ms` : `the inspector said: ${cause.stderr}`, {
    cause,
  });
}
