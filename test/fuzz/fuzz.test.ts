import { describe, expect, it } from 'vitest';
import { eventStreams } from './event-streams.ts';
import { fuzz } from './fuzz.ts';
import { openGatewayTarget } from './gateway.ts';
import { messages } from './messages.ts';
import { sessionIds } from './session-ids.ts';
import type { FuzzTarget } from './target.ts';
import { upstreamResponses } from './upstream-responses.ts';

/** The same each time: a run that looks for news is `npm run fuzz`. */
const SEED = 1;

describe('what strangers send', () => {
  it.each([messages, eventStreams, sessionIds, upstreamResponses])('breaks no promise of the $name', async (target) => {
    expect(await fuzz({ targets: [target], inputs: 10_000, seed: SEED })).toBeUndefined();
  });

  it('gets no 5xx from the gateway, whatever it is', async () => {
    const gateway = await openGatewayTarget();
    expect(await fuzz({ targets: [gateway], inputs: 200, seed: SEED })).toBeUndefined();
    await gateway.close?.();
  });

  it('would be noticed if it did', async () => {
    const broken: FuzzTarget = { name: 'broken', run: (random) => (random.oneIn(100) ? 'fault' : undefined) };
    const finding = await fuzz({ targets: [broken], inputs: 10_000, seed: SEED });
    expect(finding).toMatchObject({ target: 'broken', fault: 'fault' });
    expect(await fuzz({ targets: [broken], inputs: 1, seed: finding!.inputSeed })).toEqual(finding);
  });
});
