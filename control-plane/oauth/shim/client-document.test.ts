import { expect, test } from 'vitest';
import { shapeClientDocuments } from './client-document.ts';

const URL_OF_CLIENT = 'https://client.example/metadata.json';

async function fetchShaped(document: unknown, status = 200): Promise<unknown> {
  const fetch = shapeClientDocuments(
    async () => new Response(JSON.stringify(document), { status, headers: { 'cache-control': 'max-age=60' } }),
  );
  const answer = await fetch(URL_OF_CLIENT);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'max-age=60']);
  return answer.json();
}

test('a document that leaves out what its client is says it', async () => {
  const document = { client_id: URL_OF_CLIENT, client_name: 'Client', redirect_uris: ['http://localhost/callback'] };
  expect(await fetchShaped(document)).toMatchObject({
    ...document,
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'mcp',
  });
});

test.each([
  ['of another client', { client_id: 'https://other.example/', redirect_uris: ['http://localhost/callback'] }],
  ['that no client could register with', { client_id: URL_OF_CLIENT, redirect_uris: ['http://evil.example/callback'] }],
  ['that is none', { keys: [] }],
])('a document %s stays as it is', async (_name, document) => {
  expect(await fetchShaped(document)).toEqual(document);
});

test('an answer that is not a document stays one', async () => {
  expect(await fetchShaped({ client_id: URL_OF_CLIENT, redirect_uris: ['http://localhost/'] }, 404)).not.toHaveProperty('application_type');
});
