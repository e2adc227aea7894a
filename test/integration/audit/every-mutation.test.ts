import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { isSecretName } from '../../../control-plane/audit/describe-change.ts';
import { buildApiSchema } from '../../../control-plane/http/build-api-schema.ts';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import { probes, type Probe } from '../authorization/role-walk-probes.ts';
import { buildWalkWorld, type WalkWorld } from '../authorization/role-walk-world.ts';

let plane: TestControlPlane;
let world: WalkWorld;
let database: Client;

beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await buildWalkWorld(plane);
  database = new Client({ connectionString: plane.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
});

const mutations = Object.keys(buildApiSchema().getMutationType()!.getFields());

/** They ask, and change nothing that is stored. */
const ASKING = ['mcpServerProbe', 'connectionTest'];

interface StoredEvent {
  readonly action: string;
  readonly actor_kind: string;
  readonly credential_kind: string;
  readonly address: string | null;
  readonly organization_id: string | null;
  readonly snapshot_revision: number | null;
  readonly changes: readonly {
    readonly fields: readonly { readonly name: string; readonly before: string | null; readonly after: string | null }[];
  }[];
}

async function countEvents(): Promise<number> {
  return Number((await database.query('SELECT count(*) FROM audit_events')).rows[0].count);
}

async function readEventsAfter(count: number): Promise<StoredEvent[]> {
  return (await database.query('SELECT * FROM audit_events ORDER BY created_at, id OFFSET $1', [count])).rows;
}

/** Sends a mutation as the instance administrator. @returns what it answers; undefined where it was refused. */
async function send(field: string, query: string, variables: object): Promise<{ readonly snapshotRevision: number | null } | undefined> {
  type Data = Record<string, { snapshotRevision: number | null; userErrors: unknown[] }>;
  const asked = query.replaceAll('userErrors {', 'snapshotRevision userErrors {');
  const { data, errors } = await plane.send<Data>(plane.adminKey, asked, variables);
  expect(errors, field).toEqual([]);
  const answer = data![field]!;
  return answer.userErrors.length > 0 ? undefined : answer;
}

/** Where the probe of the walk asks for what is the case already. */
const changing: Readonly<Record<string, () => Promise<{ readonly query?: string; readonly variables: object }>>> = {
  async workspaceMemberUpdate() {
    const query =
      'mutation ($id: ID!, $role: WorkspaceRole!) { workspaceMemberUpdate(id: $id, input: { role: $role }) { userErrors { code } } }';
    await send('workspaceMemberUpdate', query, { id: world.membershipId, role: 'MANAGER' });
    return { query, variables: { id: world.membershipId, role: 'MEMBER' } };
  },
  async workspaceMemberRemove() {
    const { query } = probes['workspaceMemberAdd']!;
    const place = { workspaceId: world.workspace.id, userIds: [(await world.addPerson()).id] };
    await send('workspaceMemberAdd', query, { input: { ...place, role: 'MEMBER' } });
    return { variables: { input: place } };
  },
  accessGrantUpdate() {
    const override = `{ userId: "${world.person.id}", access: DENY }`;
    const query = `mutation ($id: ID!) { accessGrantUpdate(id: $id, input: { userOverrides: [${override}] }) { userErrors { code } } }`;
    return Promise.resolve({ query, variables: { id: world.grantId } });
  },
};

/** What a mutation is sent with, so that it changes something. What is done for that happens before anything is looked at. */
async function prepare(field: string, probe: Probe): Promise<{ readonly query: string; readonly variables: object }> {
  const own = await changing[field]?.();
  if (own !== undefined) return { query: probe.query, ...own };
  const variables = await probe.variables(world);
  const opposite = field.replace(/Enable$/, 'Disable');
  if (opposite !== field) await send(opposite, probes[opposite]!.query, variables);
  return { query: probe.query, variables };
}

describe('every mutation of the schema', () => {
  it.each(mutations)('%s leaves exactly one audit event where it succeeds, and none where it does not', async (field) => {
    const { query, variables } = await prepare(field, probes[field]!);
    const known = await countEvents();
    const answer = await send(field, query, variables);
    const events = await readEventsAfter(known);
    if (answer === undefined || ASKING.includes(field)) return expect(events).toEqual([]);
    expect(events).toHaveLength(1);
    const [event] = events;
    expect(event).toMatchObject({ action: field, actor_kind: 'INSTANCE_ADMIN', credential_kind: 'BOOTSTRAP_KEY', address: '127.0.0.1' });
    expect(event!.organization_id).toMatch(/^org_/);
    expect(event!.snapshot_revision).toBe(answer.snapshotRevision);
    for (const { name, before: was, after } of event!.changes.flatMap(({ fields }) => fields)) {
      if (isSecretName(name)) expect([null, '[secret]'], name).toEqual(expect.arrayContaining([was, after]));
    }
  });
});
