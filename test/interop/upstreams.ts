import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { reserveFreePort } from '../../embedded/ports.ts';

/** A call and what its answer has to contain. */
export interface ExpectedCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly contains: string;
}

/** What a server has to offer so that every feature can be tried. */
export interface Surface {
  readonly echo: ExpectedCall;
  readonly resource: { readonly uri: string; readonly contains: string };
  readonly prompt: { readonly name: string; readonly contains: string };
  readonly progressing: { readonly name: string; readonly args: Readonly<Record<string, unknown>>; readonly steps: number };
  /** A tool that makes the server log. Absent where its era has no logging of a session. */
  readonly logging?: string;
  readonly sampling: Omit<ExpectedCall, 'contains'>;
  readonly elicitation: Omit<ExpectedCall, 'contains'>;
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

/** The public server with every feature of the legacy revisions. */
export async function startEverything(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json');
  const port = await reserveFreePort();
  const child = spawn(process.execPath, [path.join(path.dirname(manifest), 'dist/index.js'), 'streamableHttp'], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const listening = (async () => {
    for await (const line of createInterface({ input: child.stderr })) if (line.includes('listening on port')) return;
    throw new Error('server-everything ended before it listened');
  })();
  await listening;
  child.stderr.resume();
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    close: async () => {
      child.kill('SIGTERM');
      const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      await ended;
      clearTimeout(deadline);
    },
  };
}

/** How long it may take to stop, in milliseconds. */
const STOP_DEADLINE_MS = 3_000;
