import type { ArgumentFault } from '../pages/use-server/try/schema-form.ts';

/** What trying a tool says. */
export const texts = {
  beginTitle: 'Call a tool from here',
  begin:
    'The call goes through the gateway as yours, with exactly what you may do. For that, this page gets a key that only it has; it is deleted when you leave.',
  beginAction: 'Show the tools',
  keyName: 'Trying tools in the console',
  tool: 'Tool',
  toolHint: (count: number) => (count === 1 ? 'One tool' : `${count} tools`),
  noTool: 'No tool is called like that',
  noTools: 'The server has no tool that you may use.',
  noArguments: 'It takes no arguments.',
  json: 'JSON',
  call: 'Call the tool',
  faults: {
    needed: 'Needed.',
    number: 'A number.',
    integer: 'A whole number.',
    json: 'This is not JSON.',
  } satisfies Record<ArgumentFault, string>,
  outcome: 'What became of the call',
  worked: 'It worked',
  failed: 'It did not work',
  timing: (status: number, durationMs: number) => `HTTP ${status} in ${durationMs.toLocaleString('en')} ms`,
  toLog: 'See it in the log',
  request: 'Request',
  response: 'Response',
  unreachable: (origin: string) =>
    `The gateway cannot be reached from this page. If it runs, an operator has to allow the page there: SLUICE_ALLOWED_ORIGINS=${origin}`,
  noAnswer: (status: number) => `The gateway answered with HTTP ${status} and no list of tools.`,
} as const;
