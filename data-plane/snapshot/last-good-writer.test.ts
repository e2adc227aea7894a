import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashDocument, type SnapshotDocument } from '../../contract/snapshot.ts';
import { routingTableOf } from '../../test/support/routing-table.ts';
import { serverDocument } from '../../test/support/test-snapshot.ts';
import { LastGoodFile } from './last-good-file.ts';
import { LastGoodWriter } from './last-good-writer.ts';
import type { AppliedSnapshot } from './snapshot-reader.ts';
import type { SnapshotSource } from './snapshot-source.ts';

const docs = serverDocument('docs');
const mail = serverDocument('mail');

function bodiesOf(documents: readonly SnapshotDocument[]): Map<string, string> {
  return new Map(documents.map((document) => JSON.stringify(document)).map((body) => [hashDocument(body), body]));
}

/** A revision of documents, of which only some were read for it. */
function applied(revision: number, documents: readonly SnapshotDocument[], fresh: readonly SnapshotDocument[]): AppliedSnapshot {
  return { table: routingTableOf(documents, revision), sealProbe: 'probe', bodies: bodiesOf(fresh) };
}

describe('the writer of the last-good file', () => {
  let folder: string;
  let file: LastGoodFile;
  let asked: string[];
  let stored: Map<string, string>;
  let writer: LastGoodWriter;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-writer-'));
    file = new LastGoodFile(folder, 'default');
    asked = [];
    stored = new Map();
    const source = { readBodies: (hashes) => Promise.resolve(read(hashes)) } as Partial<SnapshotSource> as SnapshotSource;
    writer = new LastGoodWriter({ file, source, logger: pino({ level: 'silent' }) });
  });
  afterEach(() => rm(folder, { recursive: true }));

  function read(hashes: readonly string[]): Map<string, string> {
    asked.push(...hashes);
    return new Map([...stored].filter(([hash]) => hashes.includes(hash)));
  }

  async function savedRevision(): Promise<number | undefined> {
    const saved = await file.read();
    return saved.ok ? saved.value?.revision : undefined;
  }

  it('takes what did not change from the file it replaces', async () => {
    writer.save(applied(1, [docs], [docs]));
    await writer.flush();
    writer.save(applied(2, [docs, mail], [mail]));
    await writer.flush();
    const saved = await file.read();
    const bodies = bodiesOf([docs, mail]);
    expect(saved.ok && (await saved.value?.readBodies([...bodies.keys()]))).toEqual(bodies);
    expect(asked).toEqual([]);
  });

  it('asks Redis for what the file has lost', async () => {
    writer.save(applied(1, [docs], [docs]));
    await writer.flush();
    await rm(file.path);
    stored = bodiesOf([docs]);
    writer.save(applied(2, [docs, mail], [mail]));
    await writer.flush();
    expect(await savedRevision()).toBe(2);
    expect(asked).toEqual([...bodiesOf([docs]).keys()]);
  });

  it('keeps the file that is there when a body cannot be had, and writes the next revision', async () => {
    writer.save(applied(1, [docs], [docs]));
    await writer.flush();
    writer.save(applied(2, [docs, mail], []));
    await writer.flush();
    expect(await savedRevision()).toBe(1);
    writer.save(applied(3, [docs], []));
    await writer.flush();
    expect(await savedRevision()).toBe(3);
  });

  it('writes the latest of several revisions', async () => {
    writer.save(applied(1, [docs], [docs]));
    writer.save(applied(2, [docs, mail], [mail]));
    await writer.flush();
    expect(await savedRevision()).toBe(2);
  });

  it('writes nothing when there is nothing to write', async () => {
    await writer.flush();
    expect(await savedRevision()).toBeUndefined();
  });
});
