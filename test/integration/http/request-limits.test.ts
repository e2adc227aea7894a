import { beforeAll, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await useSharedControlPlane();
});

async function post(body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  const response = await fetch(`${plane.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${plane.adminKey}`, ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}

function fetchAnswer(query: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${plane.adminKey}` };
  return fetch(`${plane.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
}

describe('the API refuses', () => {
  it('queries that are too deep, too long, or full of aliases', async () => {
    const deep = `{ organizations { nodes ${'{ workspaces { nodes { organization '.repeat(8)} { id } ${'} } }'.repeat(8)} } }`;
    const aliases = `{ ${Array.from({ length: 60 }, (_, i) => `a${i}: viewer { kind }`).join(' ')} }`;
    const long = `{ ${'viewer { kind } '.repeat(2_000)} }`;
    for (const query of [deep, aliases, long]) {
      const { data, errors } = await plane.send(plane.adminKey, query);
      expect(data).toBeNull();
      expect(errors[0]?.extensions.code, query.slice(0, 60)).toBe('BAD_REQUEST');
    }
  });

  it('queries that ask for too much, counting pages at the size asked for', async () => {
    const query = (first: number) =>
      `{ organizations(first: ${first}) { nodes { users(first: ${first}) { nodes { apiKeys(first: ${first}) { nodes { id } } } } } } }`;
    expect((await plane.send(plane.adminKey, query(10))).errors).toEqual([]);
    const { errors } = await plane.send(plane.adminKey, query(100));
    expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
    expect(errors[0]?.message).toContain('smaller pages');
  });

  it('bodies that are too large or not JSON, and batches', async () => {
    expect(await post(JSON.stringify({ query: `{ viewer { kind } } # ${'x'.repeat(600_000)}` }))).toMatchObject({ status: 413 });
    expect((await post('{')).status).toBe(400);
    expect((await post('[{"query":"{ viewer { kind } }"}]')).status).toBe(400);
  });

  it('requests that a page of another origin could forge without a preflight', async () => {
    expect((await post('{"query":"{ viewer { kind } }"}', { 'content-type': 'text/plain' })).status).toBe(400);
    const response = await fetch(`${plane.url}/graphql?query={viewer{kind}}`, { headers: { authorization: `Bearer ${plane.adminKey}` } });
    expect(response.status).toBe(400);
  });

  it('that its answers are stored on the way', async () => {
    const answers = await Promise.all(['{ viewer { kind } }', '{ organizations { nodes { id } } }', '{ nothing }'].map(fetchAnswer));
    expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(['no-store', 'no-store', 'no-store']);
  });

  it('unknown paths, and says that it lives', async () => {
    expect((await fetch(`${plane.url}/nothing`)).status).toBe(404);
    expect(await (await fetch(`${plane.url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${plane.url}/readyz`)).status).toBe(200);
  });
});
