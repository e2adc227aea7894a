import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogger } from '../../../foundation/logger.ts';
import { DroppedEvents } from './dropped-events.ts';
import type { TrafficBatch } from './traffic-batch.ts';
import { TrafficSender } from './traffic-sender.ts';
import { TrafficSpool } from './traffic-spool.ts';

const NOW_MS = 1_796_000_000_000;
const logger = openLogger({ service: 'data-plane', level: 'silent' });

let root: string;
let nowMs: number;
let taken: string[];
let isThere: boolean;
let dropped: DroppedEvents;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-spool-'));
  nowMs = NOW_MS;
  taken = [];
  isThere = true;
  dropped = new DroppedEvents();
});
afterEach(() => rm(root, { recursive: true, force: true }));

const newId = () => `dp_${randomUUID()}`;

function batchOf(id: string, n: number, size = 1): TrafficBatch {
  return { gatewayId: id, count: size, lines: Buffer.from(`{"i":${n},"g":"org_1"}\n`.repeat(size)) };
}

function senderOf(id: string, maxBytes = 1_000_000, folder = root): TrafficSender {
  const add = (batches: readonly TrafficBatch[]) => {
    if (isThere) taken.push(...batches.map(({ gatewayId, lines }) => `${gatewayId === id ? 'own' : 'other'} ${lines.toString().trim()}`));
    return Promise.resolve(batches.map(() => (isThere ? ('added' as const) : ('failed' as const))));
  };
  const spool = new TrafficSpool(folder, id, maxBytes);
  const onDropped = (batch: TrafficBatch, reason: Parameters<DroppedEvents['addBatch']>[1]) => dropped.addBatch(batch, reason, nowMs);
  return new TrafficSender({ stream: { add }, spool, logger, nowMs: () => nowMs, onDropped });
}

/** A turn, and the time after which the next one tries again. */
async function turn(sender: TrafficSender): Promise<void> {
  await sender.wake();
  nowMs += 1_000;
}

describe('while Redis takes nothing', () => {
  it('events wait on disk and go out in their order, before what is reported later', async () => {
    const id = newId();
    const sender = senderOf(id);
    isThere = false;
    for (let n = 0; n < 40; n++) {
      sender.push(batchOf(id, n));
      if (n % 7 === 0) await turn(sender);
    }
    expect(sender.spooledBytes).toBeGreaterThan(0);
    isThere = true;
    sender.push(batchOf(id, 40));
    await turn(sender);
    expect(taken).toEqual(Array.from({ length: 41 }, (_, n) => `own {"i":${n},"g":"org_1"}`));
    expect(sender.spooledBytes).toBe(0);
    await sender.stop();
    expect(await readdir(root)).toEqual([]);
  });

  it('what does not fit on disk is dropped and counted, for each organization, and what fits is kept', async () => {
    const id = newId();
    const sender = senderOf(id, 1_000);
    isThere = false;
    for (let n = 0; n < 30; n++) sender.push(batchOf(id, n, 2));
    await turn(sender);
    expect(sender.hasRoom).toBe(false);
    isThere = true;
    await turn(sender);
    const [count] = dropped.take();
    expect(count).toMatchObject({ organizationId: 'org_1', reason: 'spool_full', sinceMs: NOW_MS });
    expect(taken.length * 2 + count!.count).toBe(60);
    expect(taken.length).toBeGreaterThan(5);
    expect(dropped.totals.get('spool_full')).toBe(count!.count);
    await sender.stop();
  });

  it('what the disk does not take is dropped and counted, and the next events go out again when Redis is back', async () => {
    const id = newId();
    await writeFile(join(root, 'file'), '');
    const sender = senderOf(id, 1_000_000, join(root, 'file', 'no folder'));
    isThere = false;
    sender.push(batchOf(id, 1, 3));
    await turn(sender); // cannot look for what others have left
    await turn(sender);
    expect(dropped.take()).toMatchObject([{ organizationId: 'org_1', reason: 'spool_failed', count: 3 }]);
    isThere = true;
    sender.push(batchOf(id, 2));
    await turn(sender);
    expect(taken).toEqual(['own {"i":2,"g":"org_1"}']);
    await sender.stop();
  });

  it('what does not fit in memory while nothing answers is dropped and counted', async () => {
    const id = newId();
    const sender = senderOf(id);
    const megabyte = { gatewayId: id, count: 1, lines: Buffer.from(`{"i":1,"g":"org_1","n":"${'x'.repeat(1024 * 1024)}"}\n`) };
    for (let n = 0; n < 20; n++) sender.push(megabyte);
    expect(dropped.take()).toMatchObject([{ reason: 'memory_full', count: 5 }]);
    await turn(sender);
    expect(taken).toHaveLength(15);
    sender.push(megabyte);
    await turn(sender);
    expect(taken).toHaveLength(16);
    await sender.stop();
  });

  it('a process that stops leaves them to the next one, which sends them first', async () => {
    const [first, second] = [newId(), newId()];
    isThere = false;
    const leaving = senderOf(first);
    leaving.push(batchOf(first, 1));
    await turn(leaving);
    leaving.push(batchOf(first, 2));
    await leaving.stop();
    isThere = true;
    const coming = senderOf(second);
    coming.push(batchOf(second, 3));
    await turn(coming);
    expect(taken).toEqual(['other {"i":1,"g":"org_1"}', 'other {"i":2,"g":"org_1"}', 'own {"i":3,"g":"org_1"}']);
    await coming.stop();
    expect(await readdir(root)).toEqual([]);
  });

  it('a process that was killed has its folder taken over once it is silent, half a record and all; a living one keeps its own', async () => {
    const [killed, living, next] = [newId(), newId(), newId()];
    isThere = false;
    const senders = [killed, living].map((id) => ({ id, sender: senderOf(id) }));
    for (const { id, sender } of senders) {
      sender.push(batchOf(id, 1));
      await turn(sender);
    }
    const folder = join(root, killed);
    await appendFile(join(folder, (await readdir(folder))[0]!), 'a record that was being written');
    await utimes(folder, 0, 0);
    isThere = true;
    nowMs = Date.now(); // folders have the time of the file system
    const coming = senderOf(next);
    await turn(coming);
    expect(taken).toEqual(['other {"i":1,"g":"org_1"}']);
    expect(await readdir(root)).toContain(living);
    for (const { sender } of senders) await sender.stop(); // closes its files
  });
});

it('a marker of lost events that is lost itself hands its count on', () => {
  dropped.addBatch({ gatewayId: newId(), count: 1, lines: Buffer.from('{"i":9,"g":"org_1","dc":41}\n') }, 'spool_full', nowMs);
  expect(dropped.take()).toMatchObject([{ organizationId: 'org_1', count: 42 }]);
});
