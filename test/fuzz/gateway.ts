import { startBridgeGateway } from '../support/bridge-gateway.ts';
import { openSession, sendMcp } from '../support/mcp-request.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../support/upstreams/sse-fixture-server.ts';
import { MESSAGE_WORDS, MESSAGES } from './messages.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** How long an answer may take, in milliseconds. A stream that stays open, as some messages ask for, is left after that. */
const ANSWER_MS = 5_000;

const SERVERS = ['modern', 'legacy', 'sse'] as const;

/** The whole way of a POST, in every cell of the era matrix. */
export async function openGatewayTarget(): Promise<FuzzTarget> {
  const [modern, legacy, sse] = [
    await startFixtureServer({ eras: 'modern' }),
    await startFixtureServer({ eras: 'legacy' }),
    await startSseFixtureServer(),
  ];
  const servers = {
    modern: { upstreamUrl: modern.url },
    legacy: { upstreamUrl: legacy.url },
    sse: { upstreamUrl: sse.url, transport: 'SSE' as const },
  };
  const gateway = await startBridgeGateway({ servers });
  const urls = new Map(SERVERS.map((server) => [server, gateway.processes[0]!.url(server)]));
  const sessions = new Map(
    await Promise.all(SERVERS.map(async (server) => [server, await openSession(urls.get(server)!, gateway.key)] as const)),
  );
  return {
    name: 'whole gateway',
    async run(random) {
      const server = random.pick(SERVERS);
      const body = mutate(Buffer.from(random.pick(MESSAGES)), random, MESSAGE_WORDS);
      if (isLeftOut(body)) return undefined;
      const session = random.oneIn(2) ? { session: sessions.get(server)! } : {};
      const answer = await Promise.race([
        sendMcp(urls.get(server)!, { key: gateway.key, body, ...session, headers: toHeaders(random) }),
        new Promise<undefined>((resolve) => void setTimeout(() => resolve(undefined), ANSWER_MS).unref()),
      ]);
      if (answer === undefined) return `no answer from ${server} to ${body.toString('base64')}`;
      return answer.status >= 500
        ? `status ${answer.status} from ${server} for ${body.toString('base64')}: ${answer.body.toString()}`
        : undefined;
    },
    async close() {
      await gateway.close();
      await Promise.all([modern.close(), legacy.close(), sse.close()]);
    },
  };
}

/** Who listens gets no end of an answer, and who initializes leaves a session behind: a million of either would only measure the machine. */
function isLeftOut(body: Buffer): boolean {
  return /subscriptions|"initialize"/.test(body.toString());
}

function toHeaders(random: Random): Record<string, string> {
  if (random.oneIn(2)) return {};
  return {
    'mcp-protocol-version': random.pick(['2026-07-28', '2025-11-25', 'x']),
    'mcp-method': random.pick(['tools/call', 'resources/read']),
    'mcp-name': 'echo',
  };
}
