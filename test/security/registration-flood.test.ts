import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestControlPlane, type OwnControlPlane } from '../support/control-plane.ts';
import { register, REDIRECT_URI } from '../support/oauth-client.ts';
import { createOauthWorld, type OauthWorld } from '../support/oauth-world.ts';

let plane: OwnControlPlane;
let world: OauthWorld;
beforeAll(async () => {
  plane = await startTestControlPlane({ adminPort: 0 });
  world = await createOauthWorld(plane);
});
afterAll(() => plane.stop());

it('is answered 429 with the time to wait, stores nothing more, and leaves others alone', async () => {
  const metadata = { redirect_uris: [REDIRECT_URI] };
  await world.query(`INSERT INTO oauth_request_counts (name, window_start, count)
    SELECT 'register:127.0.0.1', to_timestamp(floor(extract(epoch FROM now()) / 600 + shift) * 600), 98 FROM generate_series(0, 1) AS shift`);
  const count = async () => Number((await world.query(`SELECT count(*) FROM oauth_records WHERE model = 'Client'`))[0]!['count']);
  const before = await count();
  const answers = await Promise.all(Array.from({ length: 20 }, () => register(world.issuer, metadata)));
  const refused = answers.filter((answer) => answer.status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(18);
  expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused[0]!.headers.get('access-control-expose-headers')).toContain('Retry-After');
  expect(await count()).toBe(before + answers.length - refused.length);
  const elsewhere = await fetch(`${world.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.7' },
    body: JSON.stringify(metadata),
  });
  expect(elsewhere.status).toBe(201);
});

it('of one request that is too large is not read', async () => {
  const answer = await fetch(`${world.issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.8' },
    body: JSON.stringify({ redirect_uris: [REDIRECT_URI], client_name: 'x'.repeat(60_000) }),
  });
  expect(answer.status).toBe(413);
});

describe('leaves audit events', () => {
  interface Event {
    readonly action: string;
    readonly address: string;
    readonly actor: { readonly kind: string };
    readonly resource: { readonly kind: string; readonly id: string; readonly name: string };
    readonly changes: readonly { readonly fields: readonly { readonly name: string; readonly after: string }[] }[];
  }

  function registerFrom(address: string, name: string) {
    return fetch(`${world.issuer}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ redirect_uris: [REDIRECT_URI], client_name: name, token_endpoint_auth_method: 'client_secret_post' }),
    });
  }

  async function listEvents(address: string): Promise<readonly Event[]> {
    const query = `query ($address: String!) {
      auditEvents(organizationId: null, filter: { address: $address }, first: 100) {
        nodes { action address actor { kind } resource { kind id name } changes { fields { name after } } }
      }
    }`;
    const { data } = await world.plane.send<{ auditEvents: { nodes: Event[] } }>(world.plane.adminKey, query, { address });
    return data!.auditEvents.nodes;
  }

  /** Registrations of today that were noted before. */
  function addEvents(address: string, count: number) {
    return world.query(
      `INSERT INTO audit_events (id, created_at, action, actor_kind, credential_kind, address, resource_kind, resource_id, resource_ids, changes, change_count)
       SELECT 'aud_' || $1 || n, now(), 'oauthClientRegister', 'ANONYMOUS', 'NONE', $1, 'OauthClient', 'x', '{x}', '[]', 1 FROM generate_series(1, $2::int) AS n`,
      [address, count],
    );
  }

  it('that say from where, by which name and with which redirect URIs, and no secret', async () => {
    const { client_id: id, client_secret: secret } = (await (await registerFrom('198.51.100.20', 'Editor')).json()) as Record<
      string,
      string
    >;
    const [event, ...others] = await listEvents('198.51.100.20');
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      action: 'oauthClientRegister',
      actor: { kind: 'ANONYMOUS' },
      resource: { kind: 'OauthClient', id, name: 'Editor' },
    });
    expect(event!.changes[0]!.fields).toContainEqual({ name: 'redirectUris', after: JSON.stringify([REDIRECT_URI]) });
    expect(secret!.length).toBeGreaterThan(20);
    expect(JSON.stringify(event)).not.toContain(secret);
  });

  it('of one address and of all only so many a day, and then once that there are more', async () => {
    await addEvents('198.51.100.21', 50);
    for (let i = 0; i < 3; i++) expect((await registerFrom('198.51.100.21', 'Flood')).status).toBe(201);
    const actions = (await listEvents('198.51.100.21')).map(({ action }) => action);
    expect(actions.filter((action) => action === 'oauthClientRegisterUnlisted')).toHaveLength(1);
    expect(actions).toHaveLength(51);
    await registerFrom('198.51.100.22', 'Other');
    expect(await listEvents('198.51.100.22')).toHaveLength(1);
    await addEvents('198.51.100.23', 1_000);
    expect((await registerFrom('198.51.100.24', 'Late')).status).toBe(201);
    expect(await listEvents('198.51.100.24')).toEqual([]);
  });

  it('and is counted, however it ends', async () => {
    const refused = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect(
      (await fetch(`${world.issuer}/register`, { ...refused, headers: { ...refused.headers, 'x-forwarded-for': '198.51.100.25' } })).status,
    ).toBe(400);
    const metrics = await (await fetch(`${world.plane.adminUrl}/metrics`)).text();
    const counted = Object.fromEntries(
      [...metrics.matchAll(/sluice_client_registrations_total\{outcome="(\w+)"\} (\d+)/g)].map(([, outcome, count]) => [
        outcome,
        Number(count),
      ]),
    );
    expect(counted['refused']).toBeGreaterThanOrEqual(2);
    expect(counted['limited']).toBeGreaterThanOrEqual(18);
    expect(counted['registered']).toBeGreaterThanOrEqual(6);
    expect(counted['failed']).toBe(0);
  });
});
