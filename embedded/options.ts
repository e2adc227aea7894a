import path from 'node:path';
import { parseArgs } from 'node:util';
import { StartFault, USAGE_EXIT_CODE } from './start-fault.ts';

export interface StartOptions {
  /** 0: any free one. */
  readonly controlPlanePort: number;
  /** 0: any free one. */
  readonly dataPlanePort: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Whether the first start leaves out the sample server and the member who uses it. */
  readonly isEmpty: boolean;
  readonly isHelpWanted: boolean;
}

const OPTIONS = {
  'control-plane-port': { type: 'string' },
  'data-plane-port': { type: 'string' },
  'data-dir': { type: 'string' },
  empty: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type OptionName = keyof typeof OPTIONS;

export const USAGE = `Usage: npm start -- [options]

Runs Sluice on this machine: PostgreSQL, Redis, the control plane, the data plane and a sample MCP server.

  --control-plane-port <port>  Port of the GraphQL API. Default 4000; 0 takes any free one.
  --data-plane-port <port>     Port that MCP clients connect to. Default 4100; 0 takes any free one.
  --data-dir <folder>          Where data and keys are kept. Default .sluice
  --empty                      On the first start, create no sample server.
  --help                       Print this.

With DATABASE_URL or REDIS_URL set, that server is used and none is started in its place.
docs/reference/configuration.md lists every variable of the environment.
`;

/** @throws {StartFault} naming the first thing on the command line that cannot be understood. */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions {
  refuseWhatNpmTook(env);
  const { values, tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') throw wrong(`"${token.value}" is not an option.`);
    if (token.kind !== 'option') continue;
    if (!(token.name in OPTIONS)) throw wrong(`There is no option ${token.rawName}.`);
    const needsValue = OPTIONS[token.name as OptionName].type === 'string';
    if (needsValue && (token.value ?? '') === '') throw wrong(`${token.rawName} needs a value.`);
    if (!needsValue && token.value !== undefined) throw wrong(`${token.rawName} takes no value.`);
  }
  const text = (name: OptionName): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);
  return {
    controlPlanePort: toPort('--control-plane-port', text('control-plane-port') ?? (env['SLUICE_CONTROL_PLANE_PORT'] || '4000')),
    dataPlanePort: toPort('--data-plane-port', text('data-plane-port') ?? (env['SLUICE_DATA_PLANE_PORT'] || '4100')),
    dataDir: path.resolve(text('data-dir') ?? '.sluice'),
    isEmpty: values.empty === true,
    isHelpWanted: values.help === true,
  };
}

/** Without `--`, npm keeps options for itself and says nothing; they would be lost. */
function refuseWhatNpmTook(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(OPTIONS)) {
    if (env[`npm_config_${name.replaceAll('-', '_')}`] === undefined || name === 'help') continue;
    throw wrong(`npm kept --${name} for itself. Put two dashes in front of the options: npm start -- --${name}`);
  }
}

function toPort(flag: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw wrong(`${flag} must be a port between 0 and 65535; it is "${text}".`);
}

function wrong(message: string): StartFault {
  return new StartFault(`${message} See npm start -- --help`, { exitCode: USAGE_EXIT_CODE });
}
