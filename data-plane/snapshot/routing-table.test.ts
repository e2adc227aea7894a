import { describe, expect, it } from 'vitest';
import { connectionsDocument, serverDocument, workspaceDocument } from '../../test/support/test-snapshot.ts';
import { routingTableOf } from '../../test/support/routing-table.ts';
import { hashDocument, toDocumentName, type SnapshotDocument } from '../../contract/snapshot.ts';
import { compileDocument, type CompiledDocument } from './compiled-document.ts';
import type { RoutingTable } from './routing-table.ts';

/** The next revision of a table, with documents added or replaced. */
function nextOf(table: RoutingTable, documents: readonly SnapshotDocument[], gone: readonly string[] = []) {
  const compiled = documents.map((document): [string, CompiledDocument | null] => {
    const name = toDocumentName(document);
    return [name, compileDocument(hashDocument(JSON.stringify(document)), document, table.documents.get(name))];
  });
  return table.next(table.revision + 1, new Map([...compiled, ...gone.map((name): [string, null] => [name, null])]));
}

function mustNext(...args: Parameters<typeof nextOf>): RoutingTable {
  const next = nextOf(...args);
  if (!next.ok) throw new Error(next.error.reason);
  return next.value;
}

const docs = serverDocument('docs');
const mail = serverDocument('mail');
const acme = workspaceDocument('acme', ['docs', 'mail'], {
  keys: [{ id: 'key_1', lookup: 'abcdefghijkl', hash: 'h', kind: 'SERVICE', scopes: ['MCP'] }],
  members: [{ userId: 'usr_1', role: 'MEMBER' }],
});

describe('a routing table', () => {
  it('finds workspaces and routes by slug and by id', () => {
    const table = routingTableOf([docs, mail, acme]);
    const workspace = table.findWorkspace('acme');
    expect(workspace?.id).toBe('ws_acme');
    expect(table.findWorkspace('ws_acme')).toBe(workspace);
    expect(workspace?.findRoute('docs')?.grantId).toBe('grant_acme_docs');
    expect(workspace?.findRoute('mcps_docs')).toBe(workspace?.findRoute('docs'));
    expect(table.findServer('mcps_docs')?.upstreamUrl).toBe('https://docs.example.com/mcp');
  });

  it('knows the keys and the members of a workspace', () => {
    const workspace = routingTableOf([docs, mail, acme]).findWorkspace('acme');
    expect(workspace?.findKey('abcdefghijkl')?.id).toBe('key_1');
    expect(workspace?.findKey('constructor')).toBeUndefined();
    expect(workspace?.isMember('usr_1')).toBe(true);
    expect(workspace?.isMember('usr_2')).toBe(false);
  });

  it('finds nothing under a name that nobody has', () => {
    const table = routingTableOf([docs, mail, acme]);
    expect(table.findWorkspace('__proto__')).toBeUndefined();
    expect(table.findWorkspace('acme')?.findRoute('toString')).toBeUndefined();
    expect(table.findServer('docs')).toBeUndefined();
    expect(table.findConnection('mcps_docs', 'org_1')).toBeUndefined();
  });

  it('finds the connection of a subject in any shard', () => {
    const subjects = Array.from({ length: 40 }, (_, index) => `usr_${index}`);
    const shards = Map.groupBy(
      subjects,
      (subject) => connectionsDocument(docs.id, [{ id: 'con', subjectId: subject, sealedHeaders: '' }]).shard,
    );
    const documents = [...shards.values()].map((members) =>
      connectionsDocument(docs.id, members.map((subjectId) => ({ id: `con_${subjectId}`, subjectId, sealedHeaders: 's1.k.x' }))),
    ); // prettier-ignore
    const table = routingTableOf([docs, ...documents]);
    expect(documents.length).toBeGreaterThan(4);
    for (const subject of subjects) expect(table.findConnection(docs.id, subject)?.id).toBe(`con_${subject}`);
  });
});

describe('the next revision of a table', () => {
  it('shares what did not change and leaves the table before it as it was', () => {
    const before = routingTableOf([docs, mail, acme]);
    const after = mustNext(before, [serverDocument('docs', { upstreamUrl: 'https://elsewhere.example.com/mcp' })]);
    expect(after.revision).toBe(2);
    expect(after.findWorkspace('acme')).toBe(before.findWorkspace('acme'));
    expect(after.findServer('mcps_mail')).toBe(before.findServer('mcps_mail'));
    expect(after.findServer('mcps_docs')?.upstreamUrl).toBe('https://elsewhere.example.com/mcp');
    expect(before.findServer('mcps_docs')?.upstreamUrl).toBe('https://docs.example.com/mcp');
  });

  it('keeps the object of a connection while a neighbor in its shard changes', () => {
    const own = { id: 'con_1', subjectId: 'usr_1', sealedHeaders: 's1.k.one' };
    const neighbor = { id: 'con_2', subjectId: 'usr_neighbor', sealedHeaders: 's1.k.two' };
    const shard = { ...connectionsDocument(docs.id, [own]), connections: [own, neighbor] };
    const before = routingTableOf([docs, shard]);
    const after = mustNext(before, [{ ...shard, connections: [{ ...own }, { ...neighbor, sealedHeaders: 's1.k.three' }] }]);
    expect(after.findConnection(docs.id, 'usr_1')).toBe(before.findConnection(docs.id, 'usr_1'));
    expect(after.findConnection(docs.id, 'usr_neighbor')?.sealedHeaders).toBe('s1.k.three');
  });

  it('loses the connections of a shard that is gone, and no others', () => {
    const one = connectionsDocument(docs.id, [{ id: 'con_1', subjectId: 'usr_1', sealedHeaders: '' }]);
    const two = { ...connectionsDocument(docs.id, [{ id: 'con_2', subjectId: 'usr_2', sealedHeaders: '' }]), shard: 'other' };
    const after = mustNext(routingTableOf([docs, one, two]), [], [toDocumentName(one)]);
    expect(after.findConnection(docs.id, 'usr_1')).toBeUndefined();
    expect(after.findConnection(docs.id, 'usr_2')?.id).toBe('con_2');
  });

  it('forgets the slug that a workspace gave up', () => {
    const after = mustNext(routingTableOf([docs, mail, acme]), [{ ...acme, slug: 'acme-renamed' }]);
    expect(after.findWorkspace('acme')).toBeUndefined();
    expect(after.findWorkspace('acme-renamed')?.id).toBe('ws_acme');
  });

  it('lets two workspaces exchange their slugs', () => {
    const other = workspaceDocument('other');
    const after = mustNext(routingTableOf([docs, mail, acme, other]), [{ ...acme, slug: 'other' }, { ...other, slug: 'acme' }]); // prettier-ignore
    expect(after.findWorkspace('acme')?.id).toBe('ws_other');
    expect(after.findWorkspace('other')?.id).toBe('ws_acme');
  });

  it('is refused where two workspaces have the same slug', () => {
    const next = nextOf(routingTableOf([docs, mail, acme]), [workspaceDocument('acme', [], { id: 'ws_copy' })]);
    expect(next).toEqual({ ok: false, error: { reason: 'workspace_slug_taken', slug: 'acme', workspaceIds: ['ws_acme', 'ws_copy'] } });
  });

  it('is refused where a route names a server that is not there', () => {
    const next = nextOf(routingTableOf([docs]), [workspaceDocument('acme', ['docs', 'mail'])]);
    expect(next).toEqual({ ok: false, error: { reason: 'server_missing', workspaceId: 'ws_acme', serverId: 'mcps_mail' } });
  });

  it('is refused where a server goes that a workspace still routes to', () => {
    const next = nextOf(routingTableOf([docs, mail, acme]), [], ['server:mcps_mail']);
    expect(next).toEqual({ ok: false, error: { reason: 'server_missing', workspaceId: 'ws_acme', serverId: 'mcps_mail' } });
  });

  it('may lose a server together with its last route', () => {
    const after = mustNext(routingTableOf([docs, mail, acme]), [workspaceDocument('acme', ['docs'])], ['server:mcps_mail']);
    expect(after.findServer('mcps_mail')).toBeUndefined();
    expect(after.findWorkspace('acme')?.findRoute('mail')).toBeUndefined();
  });
});
