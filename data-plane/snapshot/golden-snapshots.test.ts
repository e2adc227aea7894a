import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KeyRing } from '../../contract/key-ring.ts';
import { hashDocument } from '../../contract/snapshot.ts';
import { loadRevision } from './load-revision.ts';
import { RoutingTable } from './routing-table.ts';

interface Fixture {
  readonly encryptionKeys: string;
  readonly manifest: string;
  readonly documents: readonly string[];
}

const folder = join(import.meta.dirname, '../../contract/fixtures');
const fixtures = readdirSync(folder).filter((name) => name.startsWith('snapshot-format-'));

it.each(fixtures)('%s makes a table', async (name) => {
  const fixture = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Fixture;
  const { revision } = JSON.parse(fixture.manifest) as { revision: number };
  const source = {
    readRevision: () => Promise.resolve(revision),
    readManifest: () => Promise.resolve(fixture.manifest),
    readDelta: () => Promise.resolve(undefined),
    readBodies: () => Promise.resolve(new Map(fixture.documents.map((body) => [hashDocument(body), body]))),
  };
  const keyRing = KeyRing.parse(fixture.encryptionKeys);
  const loaded = await loadRevision({ source, keyRing, base: RoutingTable.empty, continuesBase: false }, revision);
  if (!loaded.ok) throw new Error(loaded.error.reason);
  const table = RoutingTable.empty.next(revision, loaded.value.changes);
  expect(table.ok && table.value.documents.size).toBe(fixture.documents.length);
});
