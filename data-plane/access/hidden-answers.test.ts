import { expect, it } from 'vitest';
import type { Exchange } from '../request/exchange.ts';
import { HiddenAnswers } from './hidden-answers.ts';

const HIDDEN = {
  reason: 'capability_hidden',
  error: { code: -32602, message: 'Unknown tool' },
  ruleId: null,
  refusal: 'renamed_away',
} as const;

/** A call that its server answered by a stream, at once. */
function callOf(method: string) {
  const sent: string[][] = [];
  const res = { writeHead: (_status: number, headers: string[]) => (sent.push(headers), { end: () => undefined }), on: () => undefined };
  const exchange = {
    req: { method: 'POST', headers: {} },
    res,
    isStream: true,
    upstreamMs: 0,
    target: { server: { id: 'mcps_1' } },
    message: { kind: 'request', era: 'legacy', method, id: 1 },
    addCrossOriginHeaders: () => undefined,
    refuse: () => void sent.push(['refused']),
  };
  return { exchange: exchange as unknown as Exchange, sent };
}

it('methods that somebody invents do not push out how a server answers calls', () => {
  const answers = new HiddenAnswers();
  answers.learn(callOf('tools/call').exchange);
  for (let index = 0; index < 5_000; index++) answers.learn(callOf(`tools/invented-${index}`).exchange);
  const { exchange, sent } = callOf('tools/call');
  answers.answer(exchange, HIDDEN);
  expect(sent).toEqual([expect.arrayContaining(['text/event-stream'])]);
});
