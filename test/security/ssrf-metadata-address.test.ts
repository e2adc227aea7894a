// URLs of upstreams come from users. Whatever they write, the gateway does not talk to metadata services or private addresses that the operator
// has not allowed: refused when it is registered, and again, after DNS, when it is connected to.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateApiKey } from '../../contract/api-key.ts';
import { sendMcp } from '../support/mcp-request.ts';
import { DATA_PLANE_ENTRY } from '../support/start-gateway.ts';
import { startPlane, type PlaneProcess } from '../support/plane-process.ts';
import { createWorld } from '../support/shared-gateway.ts';
import { startTestRedis, type TestRedis } from '../support/test-redis.ts';
import type { World } from '../support/world.ts';
import { serverDocument, TestPublisher, workspaceDocument } from '../support/test-snapshot.ts';

/** What an attacker would register; the shared gateway allows loopback and nothing else. */
const METADATA_URLS = [
  'http://169.254.169.254/latest/meta-data/',
  'http://[::ffff:169.254.169.254]/mcp',
  'http://[::ffff:a9fe:a9fe]/mcp',
  'http://2852039166/mcp',
  'http://0xA9FEA9FE/mcp',
  'http://0251.0376.0251.0376/mcp',
  'http://169.254.169.254.:80/mcp',
  'http://[fd00:ec2::254]/mcp',
  'http://100.100.100.200/mcp',
  'http://192.168.0.1/mcp',
  'http://10.0.0.1/mcp',
  'http://0.0.0.0/mcp',
  'http://[::]/mcp',
];

describe('the address of a metadata service', () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld();
  });

  it.each([...METADATA_URLS, 'file:///etc/passwd', 'gopher://127.0.0.1/', 'http://user:pass@127.0.0.1/mcp', '//127.0.0.1/mcp', 'http://'])(
    'cannot be registered: %s',
    async (url) => {
      await expect(world.addServer({ upstreamUrl: url })).rejects.toThrow(/"code":"(INVALID|UNREACHABLE)"/);
    },
  );
});

describe('a data plane with a snapshot that names one', () => {
  const key = generateApiKey();
  const keys = `test:${Buffer.alloc(32, 7).toString('base64')}`;
  let redis: TestRedis;
  let client: Redis;
  let stateDir: string;
  let dataPlane: PlaneProcess;

  beforeAll(async () => {
    redis = await startTestRedis();
    client = new Redis(redis.url);
    stateDir = await mkdtemp(path.join(tmpdir(), 'sluice-test-state-'));
    const targets = [...METADATA_URLS, 'http://localhost/mcp', 'http://127.0.0.1/mcp', 'http://[::1]/mcp'];
    const servers = targets.map((upstreamUrl, i) => serverDocument(`target-${i}`, { upstreamUrl }));
    const workspace = workspaceDocument('acme', servers.map(({ slug }) => slug), {
      keys: [{ id: 'key_1', lookup: key.lookup, hash: key.hash, kind: 'SERVICE', scopes: ['MCP'] }],
    }); // prettier-ignore
    await new TestPublisher(client, redis.gateway).publish(1, [workspace, ...servers]);
    dataPlane = await startPlane(DATA_PLANE_ENTRY, {
      SLUICE_SHUTDOWN_DELAY_SECONDS: '0',
      REDIS_URL: redis.url,
      SLUICE_GATEWAY: redis.gateway,
      SLUICE_GATEWAY_URL: 'http://127.0.0.1',
      SLUICE_ENCRYPTION_KEYS: keys,
      SLUICE_DATA_PLANE_PORT: '0',
      SLUICE_ADMIN_PORT: '0',
      SLUICE_STATE_DIR: stateDir,
    });
    await dataPlane.waitForEvent('snapshot_applied');
  });

  afterAll(async () => {
    await dataPlane.stop();
    client.disconnect();
    await redis.stop();
    await rm(stateDir, { recursive: true, force: true });
  });

  it('does not connect to it, nor to its own machine, and says so in words that name no address', async () => {
    for (const i of Array.from({ length: METADATA_URLS.length + 3 }).keys()) {
      const body = { jsonrpc: '2.0', id: i, method: 'ping' };
      const answer = await sendMcp(`http://127.0.0.1:${dataPlane.port}/acme/target-${i}/mcp`, { key: key.plain, body });
      expect(answer.status).toBe(502);
      expect(answer.message()).toMatchObject({ id: i, error: { code: -32603, message: expect.stringContaining('must not connect to') } });
      expect(answer.body.toString()).not.toContain('169.254');
    }
  });
});
