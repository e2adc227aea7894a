import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findEntry, startProgram, type Program } from './programs.ts';

/** A call and what its answer has to contain. */
export interface ExpectedCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly contains: string;
}

/** What a server has to offer. What is absent is not tried. */
export interface Surface {
  readonly echo: ExpectedCall;
  readonly resource?: { readonly uri: string; readonly contains: string };
  readonly prompt?: { readonly name: string; readonly contains: string };
  readonly progressing?: { readonly name: string; readonly args: Readonly<Record<string, unknown>>; readonly steps: number };
  /** A tool that makes the server log. Absent where its era has no logging of a session. */
  readonly logging?: string;
  readonly sampling?: Omit<ExpectedCall, 'contains'>;
  readonly elicitation?: Omit<ExpectedCall, 'contains'>;
}

export const EVERYTHING: Surface = {
  echo: { name: 'echo', args: { message: 'hello through the gateway' }, contains: 'hello through the gateway' },
  resource: { uri: 'demo://resource/static/document/architecture.md', contains: 'rchitecture' },
  prompt: { name: 'simple-prompt', contains: 'prompt' },
  progressing: { name: 'trigger-long-running-operation', args: { duration: 0.3, steps: 3 }, steps: 3 },
  logging: 'toggle-simulated-logging',
  sampling: { name: 'trigger-sampling-request', args: { prompt: 'The answer?', maxTokens: 10 } },
  elicitation: { name: 'trigger-elicitation-request', args: {} },
};

export const FIXTURE: Surface = {
  echo: { name: 'test_simple_text', args: {}, contains: 'This is a simple text response for testing.' },
  resource: { uri: 'test://static-text', contains: 'static text resource' },
  prompt: { name: 'test_simple_prompt', contains: 'This is a simple prompt for testing.' },
  progressing: { name: 'test_tool_with_progress', args: {}, steps: 3 },
  sampling: { name: 'test_sampling', args: { prompt: 'The answer?' } },
  elicitation: { name: 'test_elicitation', args: { message: 'Who are you?' } },
};

/** A server that runs, and what it offers. */
export interface Upstream {
  readonly url: string;
  readonly surface: Surface;
  close(): Promise<void>;
}

/** The public server with every feature of the legacy revisions, over one of the two transports. */
export async function startEverything(transport: 'streamableHttp' | 'sse'): Promise<Upstream> {
  const program = await startProgram(findEntry('@modelcontextprotocol/server-everything', 'dist/index.js'), () => [transport]);
  return toUpstream(program, transport === 'sse' ? '/sse' : '/mcp', EVERYTHING);
}

/** A file server behind a bridge that speaks both eras. */
export async function startFilesystem(directory: string): Promise<Upstream> {
  await writeFile(path.join(directory, 'hello.txt'), 'hello');
  const server = findEntry('@modelcontextprotocol/server-filesystem', 'dist/index.js');
  const bridge = findEntry('mcp-proxy', 'dist/bin/mcp-proxy.mjs');
  const command = [process.execPath, server, directory];
  const program = await startProgram(bridge, (port) => ['--host', '127.0.0.1', '--port', port, '--', ...command]);
  return toUpstream(program, '/mcp', { echo: { name: 'list_directory', args: { path: directory }, contains: 'hello.txt' } });
}

/** A server that remembers, behind a bridge from standard input and output. */
export async function startMemory(directory: string): Promise<Upstream> {
  const server = findEntry('@modelcontextprotocol/server-memory', 'dist/index.js');
  const bridge = findEntry('supergateway', 'dist/index.js');
  const program = await startProgram(
    bridge,
    (port) => ['--stdio', `${process.execPath} ${server}`, '--outputTransport', 'streamableHttp', '--port', port, '--stateful'],
    { MEMORY_FILE_PATH: path.join(directory, 'memory.json') },
  );
  const ada = { name: 'Ada', entityType: 'person', observations: ['wrote the first program'] };
  await writeFile(path.join(directory, 'memory.json'), `${JSON.stringify({ type: 'entity', ...ada })}\n`);
  return toUpstream(program, '/mcp', { echo: { name: 'read_graph', args: {}, contains: 'Ada' } });
}

function toUpstream(program: Program, pathname: string, surface: Surface): Upstream {
  return { url: program.origin + pathname, surface, close: () => program.close() };
}
