import { ELICITATION_ANSWER, SAMPLING_ANSWER, type Session } from './session.ts';
import type { Surface } from './upstreams.ts';

/** What a client does through the gateway. `undefined`: the client or the era does not offer it. */
export interface Feature {
  readonly name: string;
  tryIt(session: Session, surface: Surface): Promise<void> | undefined;
}

export const FEATURES: readonly Feature[] = [
  {
    name: 'list',
    tryIt: async (session, { echo, resource, prompt }) => {
      expectToContain(await session.listTools(), `"${echo.name}"`);
      if (resource !== undefined) expectToContain(await session.listResources(), resource.uri);
      if (prompt !== undefined) expectToContain(await session.listPrompts(), `"${prompt.name}"`);
    },
  },
  { name: 'call', tryIt: async (session, { echo }) => expectToContain(await session.callTool(echo.name, echo.args), echo.contains) },
  {
    name: 'read',
    tryIt: (session, { resource }) =>
      resource === undefined ? undefined : session.readResource(resource.uri).then((answer) => expectToContain(answer, resource.contains)),
  },
  {
    name: 'get',
    tryIt: (session, { prompt }) =>
      prompt === undefined ? undefined : session.getPrompt(prompt.name).then((answer) => expectToContain(answer, prompt.contains)),
  },
  {
    name: 'progress',
    tryIt: ({ interactive }, { progressing }) =>
      interactive === undefined || progressing === undefined
        ? undefined
        : interactive.callWithProgress(progressing.name, progressing.args).then((seen) => {
            // The last step leaves the server together with the result, and a client that relays both may deliver the result first.
            const isEachStepSeen = seen.length >= progressing.steps - 1 && seen.every((step, i) => i === 0 || step > seen[i - 1]!);
            if (!isEachStepSeen) throw new Error(`${progressing.steps} steps were expected, ${JSON.stringify(seen)} came`);
          }),
  },
  {
    name: 'logging',
    tryIt: (session, { logging }) =>
      session.interactive?.nextLogMessage === undefined || logging === undefined
        ? undefined
        : session.interactive.nextLogMessage(() => session.callTool(logging, {})).then((message) => expectToContain(message, 'message')),
  },
  {
    name: 'sampling',
    tryIt: (session, { sampling }) =>
      session.interactive === undefined || sampling === undefined
        ? undefined
        : session.callTool(sampling.name, sampling.args).then((answer) => expectToContain(answer, SAMPLING_ANSWER)),
  },
  {
    name: 'elicitation',
    tryIt: (session, { elicitation }) =>
      session.interactive === undefined || elicitation === undefined
        ? undefined
        : session.callTool(elicitation.name, elicitation.args).then((answer) => expectToContain(answer, ELICITATION_ANSWER)),
  },
];

function expectToContain(text: string, wanted: string): void {
  if (!text.includes(wanted)) throw new Error(`${JSON.stringify(wanted)} is not in ${text.slice(0, 300)}`);
}
