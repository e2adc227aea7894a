import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../support/api-client.ts';
import { Browser } from '../../support/browser.ts';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import { openSignedInBrowser } from '../../support/web-sign-in.ts';
import { buildWalkWorld, unique, type WalkWorld } from '../authorization/role-walk-world.ts';

let plane: TestControlPlane;
let world: WalkWorld;

beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await buildWalkWorld(plane);
});

interface Event {
  readonly id: string;
  readonly action: string;
  readonly createdAt: string;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null };
  readonly credential: { readonly kind: string; readonly id: string | null };
  readonly address: string | null;
  readonly resource: { readonly kind: string; readonly id: string; readonly name: string | null };
  readonly changes: readonly {
    readonly kind: string;
    readonly fields: readonly { readonly name: string; readonly before: string | null; readonly after: string | null }[];
  }[];
  readonly snapshotRevision: number | null;
}

const FIELDS = `id action createdAt address snapshotRevision actor { kind id name } credential { kind id } resource { kind id name }
  changes { kind fields { name before after } }`;

async function list(filter: object, organizationId: string | null = world.organization.id, page = 'first: 50'): Promise<Event[]> {
  const query = `query ($organizationId: ID, $filter: AuditEventFilter) {
    auditEvents(organizationId: $organizationId, filter: $filter, ${page}) { nodes { ${FIELDS} } }
  }`;
  const { data, errors } = await plane.send<{ auditEvents: { nodes: Event[] } }>(plane.adminKey, query, { organizationId, filter });
  expect(errors).toEqual([]);
  return data!.auditEvents.nodes;
}

/** Runs a mutation that must succeed. */
async function change<Answer = unknown>(query: string, variables: object, key = plane.adminKey): Promise<Answer> {
  const { data, errors } = await plane.send<Record<string, { userErrors: unknown[] }>>(key, query, variables);
  expect(errors).toEqual([]);
  const [answer] = Object.values(data!);
  expect(answer!.userErrors).toEqual([]);
  return answer as Answer;
}

function rename(name: string, key?: string): Promise<{ snapshotRevision: number }> {
  return change(
    'mutation ($id: ID!, $name: String!) { mcpServerUpdate(id: $id, input: { name: $name }) { snapshotRevision userErrors { code } } }',
    { id: world.server.id, name },
    key,
  );
}

describe('an audit event', () => {
  it('says who changed what from what to what, from where, with which key and in which revision', async () => {
    await rename('Before');
    const { snapshotRevision } = await rename('After', world.keys.owner);
    const [event] = await list({ resourceId: world.server.id });
    expect(event).toMatchObject({
      action: 'mcpServerUpdate',
      address: '127.0.0.1',
      actor: { kind: 'USER', id: expect.stringMatching(/^usr_/), name: expect.stringContaining('@example.com') },
      credential: { kind: 'API_KEY', id: expect.stringMatching(/^key_/) },
      resource: { kind: 'McpServer', id: world.server.id, name: 'After' },
      changes: [{ kind: 'UPDATED', fields: [{ name: 'name', before: 'Before', after: 'After' }] }],
      snapshotRevision,
    });
  });

  it('is not left by what changes nothing, is refused, or is repeated', async () => {
    await rename('Same');
    const known = (await list({})).length;
    await rename('Same');
    await plane.send(
      world.keys.auditor,
      'mutation ($id: ID!) { mcpServerUpdate(id: $id, input: { name: "No" }) { userErrors { code } } }',
      world.server,
    );
    expect(await list({})).toHaveLength(known);
    const query = `mutation ($input: WorkspaceCreateInput!) {
      workspaceCreate(input: $input, idempotencyKey: "again") { userErrors { code } }
    }`;
    const variables = { input: { organizationId: world.organization.id, slug: unique('ws'), name: 'Once' } };
    await change(query, variables);
    await change(query, variables);
    expect(await list({})).toHaveLength(known + 1);
  });

  it('is found by time, actor, credential, kind, id, action and page', async () => {
    await rename('One', world.keys.admin);
    const [event] = await list({});
    await rename('Two', world.keys.owner);
    const { actor, credential } = event!;
    for (const filter of [
      { actorId: actor.id },
      { credentialId: credential.id },
      { actorKind: 'USER', actions: ['mcpServerUpdate'], actorId: actor.id },
      { resourceKind: 'McpServer', resourceId: world.server.id, actorId: actor.id },
      { address: '127.0.0.1', actorId: actor.id, since: event!.createdAt },
    ]) {
      expect((await list(filter))[0]?.id, JSON.stringify(filter)).toBe(event!.id);
    }
    for (const filter of [{ actorId: 'usr_other' }, { resourceKind: 'User', resourceId: world.server.id }, { address: '10.0.0.1' }])
      expect(await list(filter), JSON.stringify(filter)).toEqual([]);
    expect((await list({ until: event!.createdAt })).map(({ id }) => id)).not.toContain(event!.id);
    const [first] = await list({}, world.organization.id, 'first: 1');
    const query =
      'query ($id: ID!, $after: String) { auditEvents(organizationId: $id, first: 1, after: $after) { pageInfo { endCursor } nodes { id } } }';
    type Page = { auditEvents: { pageInfo: { endCursor: string }; nodes: { id: string }[] } };
    const one = await plane.send<Page>(plane.adminKey, query, world.organization);
    const two = await plane.send<Page>(plane.adminKey, query, { ...world.organization, after: one.data!.auditEvents.pageInfo.endCursor });
    expect([one.data!.auditEvents.nodes[0]!.id, two.data!.auditEvents.nodes[0]!.id]).toEqual([first!.id, event!.id]);
  });

  it('names no secret, whatever was entered', async () => {
    const canary = () => `canary-${randomBytes(12).toString('hex')}`;
    const secrets = { header: canary(), client: canary(), provider: canary(), changed: canary() };
    const server = { organizationId: world.organization.id, slug: unique('server'), name: 'Oauth', url: 'https://mcp.example/' };
    await change('mutation ($input: McpServerCreateInput!) { mcpServerCreate(input: $input) { userErrors { code } } }', {
      input: { ...server, authentication: 'OAUTH', granularity: 'USER', oauth: { clientId: 'sluice', clientSecret: secrets.client } },
    });
    const { id: mcpServerId } = await world.addServer();
    const made = await change<{ connection: { id: string } }>(
      'mutation ($input: ConnectionCreateInput!) { connectionCreate(input: $input) { connection { id } userErrors { code } } }',
      { input: { mcpServerId, subjectId: world.workspace.id, headers: [{ name: 'X-Key', value: secrets.header }] } },
    );
    await change(
      'mutation ($id: ID!, $input: ConnectionUpdateInput!) { connectionUpdate(id: $id, input: $input) { userErrors { code } } }',
      { id: made.connection.id, input: { headers: [{ name: 'X-Key', value: secrets.changed }] } },
    );
    await change('mutation ($input: IdentityProviderCreateInput!) { identityProviderCreate(input: $input) { userErrors { code } } }', {
      input: { ...(await world.describeIdentityProvider()), clientSecret: secrets.provider },
    });
    const key = await change<{ plainKey: string }>(
      'mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { plainKey userErrors { code } } }',
      { input: { kind: 'SERVICE', workspaceId: world.workspace.id, name: 'k', scopes: ['MCP'] } },
    );
    const link = await change<{ signInLink: { url: string } }>(
      'mutation ($input: UserSignInLinkCreateInput!) { userSignInLinkCreate(input: $input) { signInLink { url } userErrors { code } } }',
      { input: { userId: world.person.id } },
    );
    const shown = [...Object.values(secrets), key.plainKey, link.signInLink.url.split('/').at(-1)!];
    const client = new Client({ connectionString: plane.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ text: string }>('SELECT event::text AS text FROM audit_events event');
    await client.end();
    const text = rows.map((row) => row.text).join('\n');
    expect(rows.length).toBeGreaterThan(20);
    expect(shown.filter((secret) => text.includes(secret))).toEqual([]);
    const [update] = await list({ resourceId: made.connection.id, actions: ['connectionUpdate'] });
    expect(update!.changes[0]!.fields.find(({ name }) => name === 'sealedHeaders')).toMatchObject({
      before: '[secret]',
      after: '[secret]',
    });
  });
});

describe('signing in', () => {
  it('leaves an event for each success, failure and lock, of the account that was meant and without what was entered', async () => {
    const person = await world.addPerson();
    const browser = await openSignedInBrowser(new ApiClient(plane.url, plane.adminKey), plane.url, person.id);
    expect((await list({ resourceId: person.id })).map(({ action }) => action)).toEqual([
      'signIn',
      'passwordChange',
      'userSignInLinkCreate',
      'userCreate',
    ]);
    const [signIn, passwordChange] = await list({ resourceId: person.id });
    expect(signIn).toMatchObject({
      actor: { kind: 'USER', id: person.id, name: person.email },
      credential: { kind: 'BROWSER_SESSION', id: expect.stringMatching(/^wses_/) },
      address: '127.0.0.1',
      changes: [{ kind: 'USED', fields: [{ name: 'by', before: null, after: 'link' }] }],
    });
    expect(passwordChange!.changes[0]!.fields).toEqual([{ name: 'password', before: null, after: '[secret]' }]);

    const page = await browser.open(`${plane.url}/account`);
    await browser.press(page, 'Sign out', {});
    expect((await list({ resourceId: person.id }))[0]).toMatchObject({ action: 'signOut', actor: { id: person.id } });

    const guess = async (email: string) => {
      const stranger = new Browser();
      await stranger.press(await stranger.open(`${plane.url}/sign-in`), 'Sign in', {
        'E-mail address': email,
        Password: 'guessed-wrongly',
      });
    };
    for (let attempt = 0; attempt < 12; attempt++) await guess(person.email);
    const failures = await list({ resourceId: person.id, actorKind: 'ANONYMOUS' });
    // The eleventh attempt meets the lock; later ones leave nothing, or anybody could fill the log.
    expect(failures.map(({ action }) => action)).toEqual(['signInLocked', ...Array<string>(10).fill('signInFailed')]);
    const unknown = 'nobody-has-this@example.com';
    await guess(unknown);
    const [event] = await list({ actions: ['signInFailed'] }, null);
    expect(event).toMatchObject({ resource: { kind: 'User', id: 'unknown' }, address: '127.0.0.1' });
    expect(JSON.stringify(event)).not.toContain(unknown);
  });
});
