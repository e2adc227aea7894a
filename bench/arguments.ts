import { parseArgs } from 'node:util';

/** What a run was asked for. */
export interface BenchArguments {
  /** Fewer rounds, shorter ones, smaller numbers: under three minutes. Tells whether something broke, not how fast it is. */
  readonly quick: boolean;
  /** Names of rows, or empty for all of them. */
  readonly only: readonly string[];
  /** How often each target is measured; the rounds of the targets alternate. */
  readonly rounds: number;
  /** How long one round of one target lasts, in seconds. */
  readonly seconds: number;
  /** Connections of the closed loops. */
  readonly connections: number;
  /** The built data plane. Another build's can be given, to compare two. */
  readonly dataPlane: string;
  /** The built control plane. */
  readonly controlPlane: string;
  /** Where the CPU profiles of the gateway go, if they are wanted. A profiled run is slower: its numbers are not results. */
  readonly profileDir: string | undefined;
  readonly list: boolean;
  /** Whether the page of results is written anew from this run. */
  readonly writesDocs: boolean;
  /** Files of results that the page is written from instead of a run; of a row that is in several, the last one counts. */
  readonly from: readonly string[];
}

export const USAGE = `npm run bench -- [options]
  --quick              under three minutes, fewer and shorter rounds
  --only <row,row>     these rows only
  --list               the names of the rows
  --rounds <n>         rounds of each target (default 5, quick 2)
  --seconds <n>        seconds of each round (default 4, quick 1)
  --connections <n>    connections of closed loops (default 64)
  --data-plane <file>  the data plane's entry (default dist/data-plane/main.js)
  --control-plane <file>  the control plane's entry (default dist/control-plane/main.js)
  --profile <folder>   write a CPU profile of each gateway process there
  --write-docs         write docs/reference/benchmarks.md from this run
  --from <file,file>   with --write-docs: write it from these results (results/*.json) and measure nothing
REDIS_URL names a Redis to use; otherwise redis-server is started where it is installed, else the Redis-compatible server from npm.`;

/** Reads the command line. Throws an error whose message says what is wrong with it. */
export function readArguments(argv: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string', default: '64' },
      'data-plane': { type: 'string', default: 'dist/data-plane/main.js' },
      'control-plane': { type: 'string', default: 'dist/control-plane/main.js' },
      profile: { type: 'string' },
      'write-docs': { type: 'boolean', default: false },
      from: { type: 'string', multiple: true, default: [] },
    },
  });
  return {
    quick: values.quick,
    only: toList(values.only),
    rounds: readNumber('rounds', values.rounds ?? (values.quick ? '2' : '5')),
    seconds: readNumber('seconds', values.seconds ?? (values.quick ? '1' : '4')),
    connections: readNumber('connections', values.connections),
    dataPlane: values['data-plane'],
    controlPlane: values['control-plane'],
    profileDir: values.profile,
    list: values.list,
    writesDocs: values['write-docs'],
    from: toList(values.from),
  };
}

function toList(values: readonly string[]): string[] {
  return values.flatMap((names) => names.split(',')).filter((name) => name !== '');
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0, not "${text}"`);
  return value;
}
