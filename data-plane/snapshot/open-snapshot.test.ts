import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayReportSchema } from '../../contract/gateway-report.ts';
import type { KeyRing } from '../../contract/key-ring.ts';
import { parseRedisAddress } from '../../contract/redis-address.ts';
import { hashDocument } from '../../contract/snapshot.ts';
import { startRedis, type RunningRedis } from '../../embedded/redis.ts';
import { systemClock } from '../../foundation/clock.ts';
import { ConfigError } from '../../foundation/read-config.ts';
import { serverDocument, TestPublisher, testKeyRing, workspaceDocument } from '../../test/support/test-snapshot.ts';
import { openSnapshot, type Snapshot } from './open-snapshot.ts';

const GATEWAY = 'default';
const docs = serverDocument('docs');
const acme = workspaceDocument('acme', ['docs']);
const other = workspaceDocument('other', ['docs']);

let redis: RunningRedis;
let client: Redis;
let publisher: TestPublisher;
let stateDir: string;
let opened: Snapshot[];
let log: { event?: string }[];

beforeEach(async () => {
  redis = await startRedis();
  connect();
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-state-'));
  opened = [];
  log = [];
});

afterEach(async () => {
  await Promise.all(opened.map((snapshot) => snapshot.stop()));
  client.disconnect();
  await redis.stop();
  await rm(stateDir, { recursive: true });
});

function connect(): void {
  client = new Redis(redis.url);
  publisher = new TestPublisher(client, GATEWAY);
}

async function stopRedis(): Promise<void> {
  client.disconnect();
  await redis.stop();
}

/** The same address, no data. */
async function restartRedis(): Promise<void> {
  redis = await startRedis({ port: redis.port });
  connect();
}

interface OpenOptions {
  readonly keyRing?: KeyRing;
  readonly writesLastGoodFile?: boolean;
  readonly stateDir?: string;
}

function open({ keyRing = testKeyRing(), writesLastGoodFile = true, stateDir: folder = stateDir }: OpenOptions = {}): Snapshot {
  const config = { redis: parseRedisAddress(redis.url), gateway: GATEWAY, keyRing, stateDir: folder };
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line) as { event?: string }) });
  const snapshot = openSnapshot({ config, identity: { id: 'dp_1', peerUrl: undefined }, clock: systemClock, logger, writesLastGoodFile });
  opened.push(snapshot);
  return snapshot;
}

async function start(options?: OpenOptions): Promise<Snapshot> {
  const snapshot = open(options);
  await snapshot.start();
  return snapshot;
}

function events(name: string): object[] {
  return log.filter(({ event }) => event === name);
}

/** What the only process says about itself. */
async function report() {
  const [text] = await client.hvals(publisher.keys.gateways());
  return text === undefined ? undefined : GatewayReportSchema.parse(JSON.parse(text));
}

async function leaveLastGoodFile(revision: number): Promise<void> {
  await publisher.publish(revision, [docs, acme]);
  await (await start()).stop();
}

describe('following Redis', () => {
  it('starts with the current revision', async () => {
    await publisher.publish(3, [docs, acme]);
    const snapshot = await start();
    expect(snapshot.current()?.findWorkspace('acme')?.findRoute('docs')).toBeDefined();
    expect(snapshot.readiness()).toMatchObject({ revision: 3, source: 'REDIS' });
    expect(snapshot.readiness().ageSeconds).toBeLessThan(5);
  });

  it('applies what is published, and reads only the bodies that changed', async () => {
    await publisher.publish(3, [docs, acme]);
    const snapshot = await start();
    const before = snapshot.current();
    await publisher.publish(4, [docs, acme, other]);
    await expect.poll(() => snapshot.current()?.revision).toBe(4);
    expect(snapshot.current()?.findWorkspace('acme')).toBe(before?.findWorkspace('acme'));
    expect(events('snapshot_applied').at(-1)).toMatchObject({ revision: 4, documents: 3, changedDocuments: 1 });
  });

  it('finds a revision whose notification was lost', async () => {
    await publisher.publish(3, [docs, acme]);
    const snapshot = await start();
    // The process asks once when its subscription is there, so only a second revision is found by nothing but the poll.
    for (const revision of [4, 5]) {
      await publisher.publish(revision, [docs], { notify: false });
      await expect.poll(() => snapshot.current()?.revision, { timeout: 3_000 }).toBe(revision);
    }
    expect(snapshot.current()?.findWorkspace('acme')).toBeUndefined();
  });

  it('catches up over several revisions, by their deltas or by the manifest', async () => {
    await publisher.publish(3, [docs]);
    const snapshot = await start();
    await publisher.publish(4, [docs, acme], { notify: false });
    await publisher.publish(5, [docs, acme, other], { notify: false });
    await publisher.publish(6, [docs, other]);
    await expect.poll(() => snapshot.current()?.revision).toBe(6);
    expect(snapshot.current()?.findWorkspace('acme')).toBeUndefined();
    await publisher.publish(8, [docs, acme], { delta: false });
    await expect.poll(() => snapshot.current()?.revision).toBe(8);
    expect([...(snapshot.current()?.documents.keys() ?? [])]).toEqual(expect.arrayContaining(['server:mcps_docs', 'workspace:ws_acme']));
    expect(snapshot.current()?.documents.size).toBe(2);
  });

  it('ends at the last of many revisions that are published at once', async () => {
    await publisher.publish(1, [docs]);
    const snapshot = await start();
    for (let revision = 2; revision <= 60; revision += 1) void publisher.publish(revision, [docs, workspaceDocument(`w${revision}`)]);
    await expect.poll(() => snapshot.current()?.revision).toBe(60);
    expect(snapshot.current()?.findWorkspace('w60')).toBeDefined();
    expect(snapshot.current()?.findWorkspace('w59')).toBeUndefined();
    expect(events('snapshot_refused')).toEqual([]);
  });

  it('passes over kinds of document that it does not know', async () => {
    await publisher.publish(3, [docs], { extra: { 'policy:1': 'hash-of-what-is-not-read' } });
    expect((await start()).current()?.documents.size).toBe(1);
  });

  it('waits without a snapshot until the first one is published', async () => {
    const snapshot = await start();
    expect(snapshot.current()).toBeUndefined();
    expect(snapshot.readiness()).toEqual({ revision: null, ageSeconds: null, source: null, refused: null });
    await publisher.publish(1, [docs]);
    await expect.poll(() => snapshot.current()?.revision).toBe(1);
  });
});

describe('a revision that cannot be applied is refused, and the one in force stays:', () => {
  let snapshot: Snapshot;
  beforeEach(async () => {
    await publisher.publish(3, [docs, acme]);
    snapshot = await start();
  });

  async function expectRefusal(reason: string): Promise<void> {
    await expect.poll(report).toMatchObject({ revision: 3, refused: { reason: expect.stringContaining(reason) } });
    expect(snapshot.current()?.findWorkspace('acme')).toBeDefined();
    expect(snapshot.readiness().refused).toEqual({ revision: expect.any(Number), reason: expect.stringMatching(/^[a-z_]+$/) });
    expect(events('snapshot_refused')).toHaveLength(1);
  }

  it('a body that is not the published bytes', async () => {
    await client.set(publisher.keys.document(hashDocument(JSON.stringify(other))), '{"kind":"workspace"}');
    const key = publisher.keys.document(hashDocument(JSON.stringify(other)));
    await publisher.publish(4, [docs, acme, other], { notify: false });
    await client.set(key, '{"kind":"workspace"}');
    await client.spublish(publisher.keys.changed(), '4');
    await expectRefusal('document workspace:ws_other is malformed');
  });

  it('a body that is not of the schema', async () => {
    const body = JSON.stringify({ ...other, routes: 'none' });
    await client.set(publisher.keys.document(hashDocument(body)), body);
    await publisher.publish(4, [docs], { extra: { 'workspace:ws_other': hashDocument(body) } });
    await expectRefusal('document workspace:ws_other is malformed');
  });

  it("a body under another document's name", async () => {
    await publisher.publish(4, [docs, acme], { extra: { 'workspace:ws_other': hashDocument(JSON.stringify(acme)) } });
    await expectRefusal('document workspace:ws_other is malformed');
  });

  it('a body that is not there', async () => {
    await publisher.publish(4, [docs], { extra: { 'server:mcps_mail': 'nowhere' } });
    await expectRefusal('document server:mcps_mail is not there');
  });

  it('a manifest that is not there', async () => {
    await client.set(publisher.keys.revision(), 9);
    await expectRefusal('its manifest is not there');
  });

  it('a manifest that is malformed', async () => {
    await client.set(publisher.keys.manifest(4), '{"format":1');
    await client.set(publisher.keys.revision(), 4);
    await expectRefusal('its manifest is malformed');
  });

  it('a newer format', async () => {
    await publisher.publish(4, [docs], { format: 2 });
    await expectRefusal('format 2 is newer than 1');
  });

  it('secrets sealed with a key that is not in the ring', async () => {
    await publisher.publish(4, [docs], { keyRing: testKeyRing('other') });
    await expectRefusal('sealed with key other, which SLUICE_ENCRYPTION_KEYS');
  });

  it('secrets sealed with another key of the same id', async () => {
    await publisher.publish(4, [docs], { keyRing: testKeyRing('test', 8) });
    await expectRefusal('sealed with key test, which SLUICE_ENCRYPTION_KEYS');
  });

  it('a route without its server', async () => {
    await publisher.publish(4, [acme]);
    await expectRefusal('workspace ws_acme routes to server mcps_docs, which is not in it');
  });

  it('two workspaces with one slug', async () => {
    await publisher.publish(4, [docs, acme, { ...other, slug: 'acme' }]);
    await expectRefusal('have the same slug acme');
  });

  it('until a later one is good', async () => {
    await publisher.publish(4, [acme]);
    await expectRefusal('server mcps_docs');
    await publisher.publish(5, [docs, other]);
    await expect.poll(report).toMatchObject({ revision: 5, refused: null });
    expect(snapshot.current()?.findWorkspace('other')).toBeDefined();
  });

  it('or until what was missing is there', async () => {
    const body = JSON.stringify(other);
    await publisher.publish(4, [docs], { extra: { 'workspace:ws_other': hashDocument(body) } });
    await expectRefusal('not there');
    await client.set(publisher.keys.document(hashDocument(body)), body);
    await expect.poll(() => snapshot.current()?.revision, { timeout: 5_000 }).toBe(4);
  });
});

describe('while Redis is away', () => {
  it('a running process keeps what it has, and says how old it is', async () => {
    await publisher.publish(3, [docs, acme]);
    const snapshot = await start();
    await stopRedis();
    await expect.poll(() => events('snapshot_source_unreachable').length, { timeout: 5_000 }).toBe(1);
    expect(snapshot.current()?.findWorkspace('acme')).toBeDefined();
    expect(snapshot.readiness()).toMatchObject({ revision: 3, source: 'REDIS' });
    expect(snapshot.readiness().ageSeconds).toBeGreaterThan(0);
    await restartRedis();
    await publisher.publish(4, [docs, other]);
    await expect.poll(() => snapshot.current()?.revision, { timeout: 5_000 }).toBe(4);
    expect(snapshot.current()?.findWorkspace('acme')).toBeUndefined();
  });

  it('and comes back empty, a running process keeps what it has', async () => {
    await publisher.publish(3, [docs, acme]);
    const snapshot = await start();
    await stopRedis();
    await restartRedis();
    await expect.poll(() => events('snapshot_source_empty').length, { timeout: 5_000 }).toBe(1);
    expect(snapshot.current()?.findWorkspace('acme')).toBeDefined();
    await publisher.publish(3, [docs, acme]);
    await expect.poll(() => events('snapshot_source_usable').length, { timeout: 5_000 }).toBe(1);
    expect(snapshot.current()?.revision).toBe(3);
  });

  it('and comes back with an older revision, a running process keeps what it has', async () => {
    await publisher.publish(3, [docs, acme]);
    const snapshot = await start();
    await publisher.publish(2, [docs]);
    await expect.poll(() => events('snapshot_source_behind').length, { timeout: 5_000 }).toBe(1);
    expect(snapshot.current()?.findWorkspace('acme')).toBeDefined();
    await publisher.publish(4, [docs, other]); // its delta leads to revision 2, not to the one in force
    await expect.poll(() => snapshot.current()?.revision, { timeout: 5_000 }).toBe(4);
    expect(snapshot.current()?.documents.size).toBe(2);
  });

  it('a process starts from the last good snapshot and follows Redis once it is back', async () => {
    await leaveLastGoodFile(3);
    await stopRedis();
    const snapshot = await start();
    expect(snapshot.current()?.findWorkspace('acme')).toBeDefined();
    expect(snapshot.readiness()).toEqual({ revision: 3, source: 'LAST_GOOD_FILE', ageSeconds: null, refused: null });
    await restartRedis();
    await publisher.publish(3, [docs, acme]);
    await expect.poll(() => snapshot.readiness().source, { timeout: 5_000 }).toBe('REDIS');
    await publisher.publish(4, [docs, other]);
    await expect.poll(() => snapshot.current()?.revision, { timeout: 5_000 }).toBe(4);
  });

  it('a process starts from the last good snapshot as soon as it is refused, before its question has failed', async () => {
    await leaveLastGoodFile(3);
    await stopRedis();
    const snapshot = await start();
    expect(snapshot.readiness()).toMatchObject({ revision: 3, source: 'LAST_GOOD_FILE' });
    expect(events('snapshot_source_unreachable')).toEqual([]);
    await expect.poll(() => events('snapshot_source_unreachable').length, { timeout: 5_000 }).toBe(1);
    await restartRedis();
  });

  it('a process starts from the last good snapshot although Redis accepts connections and never answers', async () => {
    await leaveLastGoodFile(3);
    await stopRedis();
    const silent = createServer().listen(redis.port, '127.0.0.1');
    await once(silent, 'listening');
    const snapshot = await start();
    expect(snapshot.readiness()).toMatchObject({ revision: 3, source: 'LAST_GOOD_FILE' });
    await snapshot.stop();
    silent.close();
    await restartRedis();
  });

  it('a process without a last good snapshot waits', async () => {
    await stopRedis();
    const snapshot = await start();
    expect(snapshot.current()).toBeUndefined();
    await restartRedis();
    await publisher.publish(1, [docs]);
    await expect.poll(() => snapshot.current()?.revision, { timeout: 5_000 }).toBe(1);
  });
});

describe('the last good snapshot', () => {
  it('saves reading what did not change', async () => {
    await leaveLastGoodFile(3);
    await publisher.publish(4, [docs, acme, other]);
    const snapshot = await start();
    expect(snapshot.readiness()).toMatchObject({ revision: 4, source: 'REDIS' });
    expect(events('snapshot_applied').at(-1)).toMatchObject({ documents: 3, changedDocuments: 1 });
  });

  it('does not decide a request when Redis has a later one', async () => {
    await leaveLastGoodFile(3);
    await publisher.publish(4, [docs]);
    const snapshot = open();
    const revisions = new Set<number | undefined>();
    const watching = setInterval(() => revisions.add(snapshot.current()?.revision), 0);
    await snapshot.start();
    clearInterval(watching);
    expect(snapshot.current()?.revision).toBe(4);
    expect(revisions.has(3)).toBe(false);
  });

  it('is ignored when it is damaged', async () => {
    await leaveLastGoodFile(3);
    const path = join(stateDir, `${GATEWAY}.last-good`);
    await writeFile(path, (await readFile(path)).subarray(0, -1));
    await stopRedis();
    const snapshot = await start();
    expect(snapshot.current()).toBeUndefined();
    expect(events('last_good_ignored')).toHaveLength(1);
    await restartRedis();
    await publisher.publish(4, [docs]);
    await expect.poll(() => snapshot.current()?.revision, { timeout: 5_000 }).toBe(4);
  });

  it('is ignored when its secrets cannot be opened', async () => {
    await leaveLastGoodFile(3);
    await stopRedis();
    const snapshot = await start({ keyRing: testKeyRing('rotated') });
    expect(snapshot.current()).toBeUndefined();
    expect(events('last_good_ignored')).toHaveLength(1);
    await restartRedis();
  });

  it('is kept up to date without a restart', async () => {
    await publisher.publish(3, [docs, acme]);
    await start();
    await expect.poll(() => events('last_good_written').length, { timeout: 5_000 }).toBe(1);
    await publisher.publish(4, [docs, acme, other]);
    await expect.poll(() => events('last_good_written').length, { timeout: 5_000 }).toBe(2);
    await stopRedis();
    expect((await start({ writesLastGoodFile: false })).current()?.findWorkspace('other')).toBeDefined();
    await restartRedis();
  });

  it('is written by one of several processes and read by all', async () => {
    await publisher.publish(3, [docs, acme]);
    await (await start({ writesLastGoodFile: false })).stop();
    await stopRedis();
    expect((await start()).current()).toBeUndefined();
    await restartRedis();
  });

  it('that cannot be written costs a warning, not the process', async () => {
    await publisher.publish(3, [docs, acme]);
    const occupied = join(stateDir, 'file');
    await writeFile(occupied, '');
    const snapshot = await start({ stateDir: occupied });
    await snapshot.stop();
    expect(snapshot.current()?.revision).toBe(3);
    expect(events('last_good_not_written')).toHaveLength(1);
  });
});

describe('encryption keys that are not those of the control plane', () => {
  it('end a first start with a sentence that names the key and the variable', async () => {
    await publisher.publish(3, [docs], { keyRing: testKeyRing('k2') });
    const starting = open().start();
    await expect(starting).rejects.toThrow(ConfigError);
    await expect(starting).rejects.toThrow(/key k2, which SLUICE_ENCRYPTION_KEYS/);
  });

  it('do not end a start from a last good snapshot', async () => {
    await leaveLastGoodFile(3);
    await publisher.publish(4, [docs], { keyRing: testKeyRing('k2') });
    const snapshot = await start();
    expect(snapshot.readiness()).toMatchObject({ revision: 3, source: 'LAST_GOOD_FILE' });
    await expect.poll(report).toMatchObject({ revision: 3, source: 'LAST_GOOD_FILE', refused: { revision: 4 } });
  });
});

describe('the report of a process', () => {
  it('says at once which revision it runs, and is taken back when it stops', async () => {
    await publisher.publish(3, [docs]);
    const snapshot = await start();
    await expect.poll(report).toMatchObject({ revision: 3, source: 'REDIS', refused: null, version: expect.stringMatching(/^\d/) });
    await publisher.publish(4, [docs, acme]);
    await expect.poll(report).toMatchObject({ revision: 4 });
    await snapshot.stop();
    expect(await report()).toBeUndefined();
  });

  it('is there before the first snapshot', async () => {
    await start();
    await expect.poll(report).toMatchObject({ revision: null, appliedAtMs: null, source: null });
  });

  it('is renewed', async () => {
    await publisher.publish(3, [docs]);
    await start();
    const first = await expect.poll(report).toBeDefined().then(report);
    await expect.poll(async () => ((await report())?.reportedAtMs ?? 0) > (first?.reportedAtMs ?? 0), { timeout: 5_000 }).toBe(true);
  });
});
