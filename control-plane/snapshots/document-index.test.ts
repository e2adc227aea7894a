import { expect, it } from 'vitest';
import { ManifestSchema, SNAPSHOT_FORMAT } from '../../contract/snapshot.ts';
import { DocumentIndex } from './document-index.ts';
import type { DocumentEntry } from './encoded-document.ts';

it('writes the manifest of its documents, sorted by name', () => {
  const index = new DocumentIndex(new Map([entry('workspace:ws_2', 'b'), entry('server:mcps_1', 'c'), entry('workspace:ws_1', 'a')]));
  const text = index.encodeManifest(7, 'sealed');
  expect(ManifestSchema.parse(JSON.parse(text))).toEqual({
    format: SNAPSHOT_FORMAT,
    revision: 7,
    sealProbe: 'sealed',
    documents: { 'server:mcps_1': 'c', 'workspace:ws_1': 'a', 'workspace:ws_2': 'b' },
  });
  expect(text).toBe(
    `{"format":${SNAPSHOT_FORMAT},"revision":7,"sealProbe":"sealed","documents":{"server:mcps_1":"c","workspace:ws_1":"a","workspace:ws_2":"b"}}`,
  );
});

it('reads the same after changes as if it had been made of their outcome', () => {
  const index = new DocumentIndex(new Map([entry('b', '1'), entry('d', '1')]));
  index.apply(new Map([entry('a', '1'), entry('b', '2'), ['d', null], entry('e', '1'), ['absent', null]]));
  index.apply(new Map([['e', null], entry('c', '1')]));
  const outcome = new Map([entry('a', '1'), entry('b', '2'), entry('c', '1')]);
  expect(index.entries).toEqual(outcome);
  expect(index.encodeManifest(1, '')).toBe(new DocumentIndex(outcome).encodeManifest(1, ''));
});

it('writes an empty manifest', () => {
  expect(JSON.parse(new DocumentIndex(new Map()).encodeManifest(0, ''))).toMatchObject({ documents: {} });
});

function entry(name: string, hash: string): [string, DocumentEntry] {
  return [name, { hash, requires: [], workspaceSlug: null }];
}
