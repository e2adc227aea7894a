import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectionShard, SnapshotDocumentSchema, type SnapshotDocument } from '../../contract/snapshot.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import { encodeDocument } from './encoded-document.ts';
import type { SnapshotRows } from './snapshot-rows.ts';

const CASES = path.join(import.meta.dirname, 'compile-cases');
const NO_ROWS: SnapshotRows = {
  workspaces: [],
  members: [],
  apiKeys: [],
  grants: [],
  userOverrides: [],
  capabilityOverrides: [],
  capabilities: [],
  accessRules: [],
  servers: [],
  connections: [],
  issuers: [],
  signingKeys: [],
  consents: [],
  rateLimits: [],
  trustedIssuers: [],
  namedUsers: [],
};

describe.each(readdirSync(CASES))('%s', (name) => {
  const rows: SnapshotRows = { ...NO_ROWS, ...(readJson(name, 'input') as Partial<SnapshotRows>) };

  it('compiles to the expected documents', () => {
    expect(JSON.parse(JSON.stringify(compileSnapshot(rows)))).toEqual(readJson(name, 'expected'));
  });

  it('compiles to what a reader parses', () => {
    for (const document of compileSnapshot(rows)) expect(SnapshotDocumentSchema.parse(document)).toEqual(document);
  });

  it('gives the same bytes whatever the order of the rows', () => {
    const reversed = Object.fromEntries(Object.entries(rows).map(([table, list]) => [table, list.toReversed()])) as unknown as SnapshotRows;
    expect(toBytes(compileSnapshot(reversed))).toEqual(toBytes(compileSnapshot(rows)));
  });
});

it('puts each connection into the shard of its subject', () => {
  const rows = { ...NO_ROWS, ...(readJson('connections-in-shards', 'input') as Partial<SnapshotRows>) };
  const shards = compileSnapshot(rows).filter((document) => document.kind === 'connections');
  expect(shards.flatMap((document) => document.connections)).toHaveLength(24);
  for (const { shard, connections } of shards) {
    for (const { subjectId } of connections) expect(connectionShard(subjectId)).toBe(shard);
  }
});

function toBytes(documents: readonly SnapshotDocument[]): string[] {
  return documents.map((document) => encodeDocument(document).body);
}

function readJson(name: string, file: 'input' | 'expected'): unknown {
  return JSON.parse(readFileSync(path.join(CASES, name, `${file}.json`), 'utf8'));
}
