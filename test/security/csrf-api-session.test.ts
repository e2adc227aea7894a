// A browser sends the cookie of a session along with whatever another site makes it send. The API takes it for the person only with the token
// that the console's page was given, so that no other site can read or change anything with it.
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import type { Browser } from '../support/browser.ts';
import { useSharedControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { unique } from '../support/hub-world.ts';
import { addPerson, openSignedInBrowser } from '../support/web-sign-in.ts';

let plane: TestControlPlane;
let victim: { readonly id: string; readonly browser: Browser; readonly token: string };
let attacker: { readonly token: string };

beforeAll(async () => {
  plane = await useSharedControlPlane();
  victim = await addSignedIn();
  attacker = await addSignedIn();
});

async function addSignedIn() {
  const api = new ApiClient(plane.url, plane.adminKey);
  const { id } = await addPerson(api);
  const browser = await openSignedInBrowser(api, plane.url, id);
  const page = await browser.open(`${plane.url}/account`);
  return { id, browser, token: /name="csrf" value="([^"]+)"/.exec(page.text)![1]! };
}

const QUERY = '{ viewer { user { id } } }';

async function ask(
  headers: Record<string, string>,
  request: { readonly method?: string; readonly body?: string; readonly query?: string } = {},
) {
  const { method = 'POST', body = JSON.stringify({ query: QUERY }), query = '' } = request;
  const response = await fetch(`${plane.url}/graphql${query}`, {
    method,
    headers: { cookie: victim.browser.cookies.headerFor(new URL(plane.url)), ...headers },
    ...(method === 'POST' && { body }),
  });
  const text = await response.text();
  return { status: response.status, text, isVictim: text.includes(victim.id) };
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a session of a browser', () => {
  it('counts with the token of its own page', async () => {
    expect(await ask({ ...JSON_TYPE, 'x-sluice-csrf': victim.token })).toMatchObject({ status: 200, isVictim: true });
    expect((await ask({ ...JSON_TYPE, 'x-sluice-csrf': victim.token, 'sec-fetch-site': 'same-origin' })).isVictim).toBe(true);
  });

  it.each([
    ['without a token', () => ({ ...JSON_TYPE })],
    ['with an empty one', () => ({ ...JSON_TYPE, 'x-sluice-csrf': '' })],
    ['with one of another session', () => ({ ...JSON_TYPE, 'x-sluice-csrf': attacker.token })],
    ['with a part of it', () => ({ ...JSON_TYPE, 'x-sluice-csrf': victim.token.slice(1) })],
    ['from another site, even with the token', () => ({ ...JSON_TYPE, 'x-sluice-csrf': victim.token, 'sec-fetch-site': 'cross-site' })],
    ['from another host of the site', () => ({ ...JSON_TYPE, 'x-sluice-csrf': victim.token, 'sec-fetch-site': 'same-site' })],
  ])('is nobody %s', async (_how, toHeaders) => {
    const answer = await ask(toHeaders());
    expect(answer.isVictim).toBe(false);
    expect(answer.text).toContain('UNAUTHENTICATED');
  });

  it('is nobody in what a form or an image of another site can send', async () => {
    const form = await ask(
      { 'content-type': 'application/x-www-form-urlencoded' },
      { body: new URLSearchParams({ query: QUERY }).toString() },
    );
    const text = await ask({ 'content-type': 'text/plain' }, { body: JSON.stringify({ query: QUERY }) });
    const image = await ask({}, { method: 'GET', query: `?query=${encodeURIComponent(QUERY)}` });
    for (const answer of [form, text, image]) expect(answer).toMatchObject({ status: 400, isVictim: false });
  });

  it('lets the person make a key of theirs that may call servers', async () => {
    const api = new ApiClient(plane.url, plane.adminKey);
    const asVictim = <T>(query: string, variables = {}) =>
      ask({ ...JSON_TYPE, 'x-sluice-csrf': victim.token }, { body: JSON.stringify({ query, variables }) }).then(
        ({ text }) => (JSON.parse(text) as { data: T }).data,
      );
    const { viewer } = await asVictim<{ viewer: { user: { organization: { id: string } } } }>(
      '{ viewer { user { organization { id } } } }',
    );
    const { workspace } = await api.run<{ workspace: { id: string } }>(
      `mutation ($input: WorkspaceCreateInput!) {
        workspaceCreate(input: $input) { workspace { id } snapshotRevision userErrors { code message field } }
      }`,
      { input: { organizationId: viewer.user.organization.id, slug: unique('keys-of-a-session'), name: 'Keys of a session' } },
      'workspaceCreate',
    );
    await api.run(
      `mutation ($input: WorkspaceMemberAddInput!) { workspaceMemberAdd(input: $input) { snapshotRevision userErrors { code message field } } }`,
      { input: { workspaceId: workspace.id, userIds: [victim.id] } },
      'workspaceMemberAdd',
    );
    const { apiKeyCreate } = await asVictim<{ apiKeyCreate: { plainKey: string | null } }>(
      'mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { plainKey userErrors { message } } }',
      { input: { kind: 'USER', workspaceId: workspace.id, name: 'Agent', scopes: ['MCP'] } },
    );
    expect(apiKeyCreate.plainKey).toMatch(/^slc_/);
  });

  it('does not lend its rights to a key that does not work', async () => {
    const answer = await ask({ ...JSON_TYPE, 'x-sluice-csrf': victim.token, authorization: 'Bearer slc_000000000000_wrong' });
    expect(answer.text).toContain('UNAUTHENTICATED');
  });
});
