import { startSampleServer } from '../../embedded/sample-server/http-server.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../support/upstreams/sse-fixture-server.ts';
import type { World } from '../support/world.ts';
import type { SoakServer } from './life.ts';

/** The upstreams of a soak: every pairing of eras and transports is among them. */
export interface SoakUpstreams {
  readonly servers: readonly SoakServer[];
  /** Sessions that the gateway itself opened and has to end. Those of passed-through clients are between client and upstream. */
  countSessions(): number;
  close(): Promise<void>;
}

const FIXTURE_TOOLS = ['test_simple_text', 'test_tool_with_progress', 'test_tool_with_logging', 'test_trigger_tool_change'];

/** Starts the upstreams and registers them. */
export async function startUpstreams(world: World): Promise<SoakUpstreams> {
  const sample = await startSampleServer(0);
  const legacy = await startFixtureServer({ eras: 'legacy' });
  const modern = await startFixtureServer({ eras: 'modern' });
  const sse = await startSseFixtureServer();
  const register = (upstreamUrl: string, transport?: 'SSE') => world.addServer({ upstreamUrl, ...(transport && { transport }) });
  const urls = {
    sample: (await register(`http://127.0.0.1:${sample.port}/mcp`)).url,
    legacy: (await register(legacy.url)).url,
    modern: (await register(modern.url)).url,
    sse: (await register(sse.url, 'SSE')).url,
  };
  return {
    servers: [
      { name: 'sample, both eras', url: urls.sample, tools: ['current_time', 'note_list'] },
      { name: 'legacy', url: urls.legacy, tools: FIXTURE_TOOLS, asks: true, isForModernOnly: true },
      { name: 'modern', url: urls.modern, tools: FIXTURE_TOOLS.filter((tool) => tool !== 'test_tool_with_logging') },
      { name: 'HTTP with SSE', url: urls.sse, tools: FIXTURE_TOOLS, asks: true },
    ],
    countSessions: () => legacy.sessionCount() + sse.sessionCount(),
    close: async () => void (await Promise.all([sample.stop(), legacy.close(), modern.close(), sse.close()])),
  };
}
