import { describe, expect, it } from 'vitest';
import type { WorkspaceDocument } from '../../contract/snapshot.ts';
import { err, ok } from '../../foundation/result.ts';
import { checkConsistent, checkDocument } from './check-consistent.ts';
import type { DocumentEntry } from './encoded-document.ts';

const server: DocumentEntry = { hash: 'h-server', requires: [], workspaceSlug: null };

describe('checkConsistent', () => {
  it('accepts a workspace whose servers are published or come with it', () => {
    const changed = new Map([
      ['workspace:ws_1', workspace('ops', ['server:mcps_1', 'server:mcps_2'])],
      ['server:mcps_2', server],
    ]);
    expect(checkConsistent(new Map([['server:mcps_1', server]]), changed)).toEqual(ok(undefined));
  });

  it('refuses a reference to a document that was never there', () => {
    const changed = new Map([['workspace:ws_1', workspace('ops', ['server:mcps_1'])]]);
    expect(checkConsistent(new Map(), changed)).toEqual(
      err({ reason: 'reference_missing', document: 'workspace:ws_1', missing: 'server:mcps_1' }),
    );
  });

  it('refuses to drop a document that an unchanged one still needs', () => {
    const published = new Map([
      ['workspace:ws_1', workspace('ops', ['server:mcps_1'])],
      ['server:mcps_1', server],
    ]);
    expect(checkConsistent(published, new Map([['server:mcps_1', null]]))).toEqual(
      err({ reason: 'reference_missing', document: 'workspace:ws_1', missing: 'server:mcps_1' }),
    );
  });

  it('accepts dropping a document together with whatever needed it', () => {
    const published = new Map([
      ['workspace:ws_1', workspace('ops', ['server:mcps_1'])],
      ['server:mcps_1', server],
    ]);
    const changed = new Map([
      ['server:mcps_1', null],
      ['workspace:ws_1', workspace('ops', [])],
    ]);
    expect(checkConsistent(published, changed)).toEqual(ok(undefined));
  });

  it('refuses a workspace slug that an unchanged workspace holds', () => {
    const published = new Map([['workspace:ws_1', workspace('ops', [])]]);
    expect(checkConsistent(published, new Map([['workspace:ws_2', workspace('ops', [])]]))).toEqual(
      err({ reason: 'workspace_slug_repeated', document: 'workspace:ws_2', other: 'workspace:ws_1', slug: 'ops' }),
    );
  });

  it('refuses a workspace slug that two changed workspaces claim', () => {
    const changed = new Map([
      ['workspace:ws_1', workspace('ops', [])],
      ['workspace:ws_2', workspace('ops', [])],
    ]);
    expect(checkConsistent(new Map(), changed)).toMatchObject(err({ reason: 'workspace_slug_repeated', slug: 'ops' }));
  });

  it('accepts a workspace slug that its holder gives up in the same revision', () => {
    const published = new Map([['workspace:ws_1', workspace('ops', [])]]);
    const changed = new Map([
      ['workspace:ws_1', null],
      ['workspace:ws_2', workspace('ops', [])],
    ]);
    expect(checkConsistent(published, changed)).toEqual(ok(undefined));
  });
});

describe('checkDocument', () => {
  const document: WorkspaceDocument = {
    kind: 'workspace',
    id: 'ws_1',
    slug: 'ops',
    organizationId: 'org_1',
    routes: [],
    keys: [],
    members: [],
  };
  const route = { slug: 'wiki', serverId: 'mcps_1', grantId: 'grant_1', defaultUserAccess: 'ALLOW' as const };

  it('accepts what readers parse', () => {
    expect(checkDocument('workspace:ws_1', { ...document, routes: [route] })).toEqual(ok(undefined));
  });

  it('refuses two routes under one slug', () => {
    const routes = [route, { ...route, serverId: 'mcps_2' }];
    expect(checkDocument('workspace:ws_1', { ...document, routes })).toEqual(
      err({ reason: 'route_slug_repeated', document: 'workspace:ws_1', slug: 'wiki' }),
    );
  });

  it('refuses what readers would not parse, and says where', () => {
    const routes = [{ ...route, defaultUserAccess: 'MAYBE' as 'ALLOW' }];
    expect(checkDocument('workspace:ws_1', { ...document, routes })).toEqual(
      err({ reason: 'document_malformed', document: 'workspace:ws_1', issue: 'routes.0.defaultUserAccess' }),
    );
  });
});

function workspace(slug: string, requires: string[]): DocumentEntry {
  return { hash: `h-${slug}`, requires, workspaceSlug: slug };
}
