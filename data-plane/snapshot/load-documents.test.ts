import { describe, expect, it } from 'vitest';
import { hashDocument, toDocumentName, type SnapshotDocument } from '../../contract/snapshot.ts';
import { serverDocument } from '../../test/support/test-snapshot.ts';
import { loadDocuments } from './load-documents.ts';
import { RoutingTable } from './routing-table.ts';
import type { SnapshotSource } from './snapshot-source.ts';

const documents: readonly SnapshotDocument[] = Array.from({ length: 250 }, (_, index) =>
  serverDocument(`server-${index}`, { name: 'a long name '.repeat(200) }),
);
const bodies = documents.map((document) => JSON.stringify(document));
const changed = new Map(documents.map((document, index) => [toDocumentName(document), hashDocument(bodies[index]!)]));

/** A source that has bodies, and what it was asked for. */
function sourceOf(stored: readonly string[]) {
  const batches: number[] = [];
  const byHash = new Map(stored.map((body) => [hashDocument(body), body]));
  const readBodies = (hashes: readonly string[]): ReturnType<SnapshotSource['readBodies']> => {
    batches.push(hashes.length);
    if (hashes.some((hash) => hash === 'broken')) return Promise.reject(new Error('Redis is gone'));
    return Promise.resolve(new Map([...byHash].filter(([hash]) => hashes.includes(hash))));
  };
  return { source: { readBodies } as Partial<SnapshotSource> as SnapshotSource, batches };
}

describe('loading documents', () => {
  it('reads them in batches', async () => {
    const { source, batches } = sourceOf(bodies);
    const loaded = await loadDocuments(source, changed, RoutingTable.empty);
    expect(loaded.ok && loaded.value.changes.size).toBe(250);
    expect(batches).toEqual([100, 100, 50]);
  });

  it('lets requests have their turn in between', async () => {
    let turns = 0;
    let isLoading = true;
    const takeTurn = () => {
      turns += 1;
      if (isLoading) setImmediate(takeTurn);
    };
    setImmediate(takeTurn);
    await loadDocuments(sourceOf(bodies).source, changed, RoutingTable.empty);
    isLoading = false;
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it('asks for nothing when everything is gone', async () => {
    const { source, batches } = sourceOf([]);
    const loaded = await loadDocuments(source, new Map([['server:a', null]]), RoutingTable.empty);
    expect(loaded.ok && [...loaded.value.changes]).toEqual([['server:a', null]]);
    expect(batches).toEqual([]);
  });

  it('refuses a body that is no JSON, although its hash is right', async () => {
    const loaded = await loadDocuments(sourceOf(['{']).source, new Map([['server:a', hashDocument('{')]]), RoutingTable.empty);
    expect(loaded).toEqual({ ok: false, error: { reason: 'document_malformed', name: 'server:a' } });
  });

  it('fails as its source does', async () => {
    await expect(loadDocuments(sourceOf([]).source, new Map([['server:a', 'broken']]), RoutingTable.empty)).rejects.toThrow(
      'Redis is gone',
    );
  });

  it('refuses in one batch although the next one fails', async () => {
    const wanted = new Map([...[...changed].slice(0, 100), ['server:b', 'broken'] as const]);
    const loaded = await loadDocuments(sourceOf(bodies.slice(1)).source, wanted, RoutingTable.empty);
    expect(loaded).toEqual({ ok: false, error: { reason: 'document_missing', name: 'server:mcps_server-0' } });
  });
});
