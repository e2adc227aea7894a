import { describe, expect, it } from 'vitest';
import { routingTableOf } from '../../test/support/routing-table.ts';
import { serverDocument, workspaceDocument } from '../../test/support/test-snapshot.ts';
import { compileDocument } from './compiled-document.ts';
import { RoutingTable } from './routing-table.ts';
import { SnapshotHolder } from './snapshot-holder.ts';

const clock = { nowMs: () => 1_000 };
const base = routingTableOf([serverDocument('docs')], 3);
const none = new Map<string, null>();

describe('a snapshot holder', () => {
  it('has no table before the first', () => {
    const holder = new SnapshotHolder(clock);
    expect(holder.current()).toBeUndefined();
    expect(holder.facts()).toEqual({ revision: null, appliedAtMs: null, source: null, refused: null, confirmedAtMs: null });
  });

  it('moves forward only', () => {
    const holder = new SnapshotHolder(clock);
    expect(holder.apply({ revision: 5, base, changes: none, origin: 'REDIS' })).toMatchObject({ outcome: 'applied' });
    const inForce = holder.current();
    for (const revision of [4, 5]) {
      expect(holder.apply({ revision, base, changes: none, origin: 'REDIS' })).toEqual({ outcome: 'stale', inForce: 5 });
    }
    expect(holder.current()).toBe(inForce);
    expect(holder.facts()).toMatchObject({ revision: 5, appliedAtMs: 1_000, confirmedAtMs: 1_000, source: 'REDIS' });
  });

  it('gives Redis the last word on a revision that came from the file', () => {
    const holder = new SnapshotHolder(clock);
    holder.apply({ revision: 3, base, changes: none, origin: 'LAST_GOOD_FILE' });
    expect(holder.facts()).toMatchObject({ source: 'LAST_GOOD_FILE', confirmedAtMs: null });
    expect(holder.apply({ revision: 3, base, changes: none, origin: 'REDIS' })).toMatchObject({ outcome: 'applied' });
    expect(holder.facts()).toMatchObject({ source: 'REDIS', confirmedAtMs: 1_000 });
  });

  it('keeps the table in force when the next one contradicts itself', () => {
    const holder = new SnapshotHolder(clock);
    holder.apply({ revision: 5, base, changes: none, origin: 'REDIS' });
    const inForce = holder.current();
    const changes = new Map([['workspace:ws_acme', compileDocument('hash', workspaceDocument('acme', ['gone']))]]);
    const outcome = holder.apply({ revision: 6, base: inForce ?? RoutingTable.empty, changes, origin: 'REDIS' });
    expect(outcome).toMatchObject({ outcome: 'refused', refusal: { reason: 'server_missing', serverId: 'mcps_gone' } });
    expect(holder.current()).toBe(inForce);
    expect(holder.facts().revision).toBe(5);
  });

  it('remembers a refusal until a later revision is applied', () => {
    const holder = new SnapshotHolder(clock);
    holder.refuse(6, { reason: 'manifest_malformed' });
    holder.apply({ revision: 5, base, changes: none, origin: 'LAST_GOOD_FILE' });
    expect(holder.facts().refused).toEqual({ revision: 6, refusal: { reason: 'manifest_malformed' }, refusedAtMs: 1_000 });
    holder.apply({ revision: 7, base, changes: none, origin: 'REDIS' });
    expect(holder.facts().refused).toBeNull();
  });
});
