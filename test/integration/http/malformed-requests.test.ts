import { getIntrospectionQuery } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await useSharedControlPlane();
});

const BY_ID = 'query ($id: ID!) { workspace(id: $id) { id } }';
const BY_SLUG = 'query ($slug: String!) { workspaceBySlug(slug: $slug) { id } }';
const PAGE = 'query ($after: String!) { organizations(after: $after) { nodes { id workspaces(after: $after) { nodes { id } } } } }';
const NEW_KEY = 'mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { plainKey } }';
const EXPIRY = 'mutation ($input: ApiKeyUpdateInput!) { apiKeyUpdate(id: "key_1", input: $input) { snapshotRevision } }';

function cursor(createdAt: string, id: string): object {
  return { after: Buffer.from(JSON.stringify([createdAt, id])).toString('base64url') };
}

describe('what a client got wrong', () => {
  it.each<[string, string, object]>([
    ['a missing variable', BY_ID, {}],
    ['a variable of another type', BY_ID, { id: { not: 'an id' } }],
    ['an unknown enum value', NEW_KEY, { input: { kind: 'OTHER', name: 'n', scopes: [] } }],
    ['a date that no calendar has', EXPIRY, { input: { expiresAt: 'tomorrow' } }],
    ['a NUL in a variable', BY_SLUG, { slug: 'a\u0000b' }],
    ['a NUL deep in a variable', NEW_KEY, { input: { kind: 'USER', name: 'n', scopes: ['API_READ'], userId: 'usr_\u0000' } }],
    ['a NUL in the text of the query', String.raw`{ workspaceBySlug(slug: "a\u0000b") { id } }`, {}],
    ['a NUL in a cursor', PAGE, cursor('2026-01-01T00:00:00.000Z', 'org_\u0000')],
    ['a cursor before the calendar', PAGE, cursor('-271821-04-20T00:00:00.000Z', 'org_1')],
    ['a cursor of the year 0', PAGE, cursor('0000-01-01T00:00:00.000Z', 'org_1')],
    ['a cursor of no day', PAGE, cursor('2026-13-01T00:00:00.000Z', 'org_1')],
    ['a cursor of other things', PAGE, { after: Buffer.from('[1,2]').toString('base64url') }],
  ])('%s is reported as a bad request, not as a fault of ours', async (_, query, variables) => {
    const { errors } = await plane.send(plane.adminKey, query, variables);
    expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
  });

  it('every variable that does not fit is named at once', async () => {
    const query = 'query ($a: ID!, $b: ID!) { one: workspace(id: $a) { id } two: workspace(id: $b) { id } }';
    expect((await plane.send(plane.adminKey, query)).errors).toHaveLength(2);
  });
});

describe('what is unusual', () => {
  it('a text like an escape, and introspection, are answered', async () => {
    expect((await plane.send(plane.adminKey, BY_SLUG, { slug: String.raw`a\u0000b` })).errors).toEqual([]);
    expect((await plane.send(plane.adminKey, getIntrospectionQuery())).errors).toEqual([]);
  });
});
