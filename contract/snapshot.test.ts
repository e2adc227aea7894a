import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findApiKeyLookup, isApiKey } from './api-key.ts';
import { KeyRing } from './key-ring.ts';
import { connectionHeadersOwner, openSecret, SEAL_PROBE_OWNER } from './sealed-secret.ts';
import {
  connectionShard,
  documentKind,
  documentNames,
  hashDocument,
  KNOWN_DOCUMENT_KINDS,
  ManifestDeltaSchema,
  ManifestSchema,
  SNAPSHOT_FORMAT,
  SnapshotDocumentSchema,
  toDocumentName,
} from './snapshot.ts';

const FixtureSchema = z.object({
  encryptionKeys: z.string(),
  /** Plain keys by id. */
  apiKeys: z.record(z.string(), z.string()),
  /** Plain header values by connection id. */
  headers: z.record(z.string(), z.record(z.string(), z.string())),
  manifest: z.string(),
  delta: z.string(),
  documents: z.array(z.string()),
});

const fixture = FixtureSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/snapshot-format-1.json'), 'utf8')));
const manifest = ManifestSchema.parse(JSON.parse(fixture.manifest));
const documents = fixture.documents.map((body) => SnapshotDocumentSchema.parse(JSON.parse(body)));
const keyRing = KeyRing.parse(fixture.encryptionKeys);

describe('format 1', () => {
  it('is the newest: a newer one brings its own fixture', () => {
    expect(SNAPSHOT_FORMAT).toBe(1);
    expect(manifest).toMatchObject({ format: 1, revision: 42 });
  });

  it('names every document by its content', () => {
    const named = documents.map((document, index) => [toDocumentName(document), hashDocument(fixture.documents[index]!)]);
    expect(Object.fromEntries(named)).toEqual(manifest.documents);
  });

  it('reads every document without loss', () => {
    for (const body of fixture.documents) expect(SnapshotDocumentSchema.parse(JSON.parse(body))).toEqual(JSON.parse(body));
  });

  it('reads a delta', () => {
    const delta = ManifestDeltaSchema.parse(JSON.parse(fixture.delta));
    expect(delta).toMatchObject({ format: 1, from: 41, revision: 42, changed: { 'workspace:ws_fixture0': null } });
    expect(delta.changed['workspace:ws_fixture2']).toBe(manifest.documents['workspace:ws_fixture2']);
  });

  it('opens what is sealed in it', () => {
    expect(openSecret(keyRing, SEAL_PROBE_OWNER, manifest.sealProbe).ok).toBe(true);
    const connections = documents.flatMap((document) => (document.kind === 'connections' ? document.connections : []));
    const opened = connections.map(
      ({ id, sealedHeaders }) => [id, openSecret(keyRing, connectionHeadersOwner(id), sealedHeaders!)] as const,
    );
    const plain = opened.map(([id, secret]) => [id, secret.ok ? (JSON.parse(secret.value) as unknown) : secret.error]);
    expect(Object.fromEntries(plain)).toEqual(fixture.headers);
  });

  it('recognizes the keys in it', () => {
    const keys = documents.flatMap((document) => (document.kind === 'workspace' ? document.keys : []));
    expect(keys.map(({ id }) => id)).toEqual(Object.keys(fixture.apiKeys));
    for (const key of keys) {
      expect(findApiKeyLookup(fixture.apiKeys[key.id]!)).toBe(key.lookup);
      expect(isApiKey(fixture.apiKeys[key.id]!, key.hash)).toBe(true);
    }
  });

  it('puts every connection into the shard of its subject', () => {
    for (const document of documents) {
      if (document.kind !== 'connections') continue;
      for (const { subjectId } of document.connections) expect(connectionShard(subjectId)).toBe(document.shard);
    }
  });
});

describe('a document', () => {
  it('may have fields that this version does not know', () => {
    const later = { ...documents[0]!, budget: { callsPerMinute: 60 } };
    expect(SnapshotDocumentSchema.parse(later)).toEqual(documents[0]);
    expect(ManifestSchema.parse({ ...manifest, signature: 'x' })).toEqual(manifest);
  });

  it('must have those that it knows', () => {
    for (const document of documents) {
      for (const field of Object.keys(document)) {
        const { [field]: _, ...rest } = document as Record<string, unknown>;
        expect(SnapshotDocumentSchema.safeParse(rest).success, `${document.kind} without ${field}`).toBe(false);
      }
    }
  });

  it('is of a known kind', () => {
    expect(SnapshotDocumentSchema.safeParse({ kind: 'policy', id: 'pol_1' }).success).toBe(false);
    const named = Object.values(documentNames).map((toName) => documentKind(toName('a', 'b')));
    expect(named).toEqual(KNOWN_DOCUMENT_KINDS);
    expect(documentKind('policy:pol_1:x')).toBe('policy');
    expect(documentKind('odd')).toBe('odd');
  });
});

describe('connectionShard', () => {
  it('spreads subjects over sixteen shards', () => {
    const shards = new Set(Array.from({ length: 500 }, (_, index) => connectionShard(`usr_${index}`)));
    expect([...shards].sort().join('')).toBe('0123456789abcdef');
  });
});
