import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestControlPlane, type OwnControlPlane } from '../../support/control-plane.ts';
import {
  OrganizationCreateDocument,
  OrganizationDeleteDocument,
  OrganizationDocument,
  OrganizationsDocument,
  OrganizationUpdateDocument,
  WorkspaceCreateDocument,
} from '../../support/generated/graphql.ts';

let plane: OwnControlPlane;
beforeAll(async () => {
  plane = await startTestControlPlane();
});
afterAll(() => plane.stop());

let counter = 0;
async function create(slug = `org-${counter++}`) {
  const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, { input: { slug, name: 'Name' } });
  return organizationCreate;
}

describe('organizations', () => {
  it('reports all faults of an input together', async () => {
    const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, { input: { slug: '-A-', name: ' ' } });
    expect(organizationCreate.organization).toBeNull();
    expect(organizationCreate.userErrors.map(({ code, field }) => [code, field])).toEqual([
      ['INVALID', ['input', 'slug']],
      ['INVALID', ['input', 'name']],
    ]);
  });

  it('reports TAKEN for a slug that is taken, also when two are created at once', async () => {
    const answers = await Promise.all([create('twice'), create('twice'), create('twice')]);
    expect(answers.filter((answer) => answer.organization !== null)).toHaveLength(1);
    for (const answer of answers.filter((other) => other.organization === null)) {
      expect(answer.userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'slug'] }]);
    }
  });

  it('answers a repeated request with the first answer, also when both arrive at once', async () => {
    const variables = { input: { slug: 'repeated', name: 'Name' }, idempotencyKey: 'key-1' };
    const [first, second] = await Promise.all([
      plane.run(plane.adminKey, OrganizationCreateDocument, variables),
      plane.run(plane.adminKey, OrganizationCreateDocument, variables),
    ]);
    expect(first.organizationCreate.organization!.id).toBe(second.organizationCreate.organization!.id);
    const other = await plane.run(plane.adminKey, OrganizationCreateDocument, { ...variables, input: { slug: 'other', name: 'Name' } });
    expect(other.organizationCreate.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] }]);
  });

  it('does not remember a refused request', async () => {
    const idempotencyKey = 'refused';
    const refused = await plane.run(plane.adminKey, OrganizationCreateDocument, { input: { slug: 'twice', name: 'Name' }, idempotencyKey });
    expect(refused.organizationCreate.userErrors).toMatchObject([{ code: 'TAKEN' }]);
    const done = await plane.run(plane.adminKey, OrganizationCreateDocument, { input: { slug: 'free', name: 'Name' }, idempotencyKey });
    expect(done.organizationCreate.userErrors).toEqual([]);
  });

  it('changes what is given and nothing else, under the expected version only', async () => {
    const { id, version } = (await create()).organization!;
    const updated = await plane.run(plane.adminKey, OrganizationUpdateDocument, {
      id,
      input: { name: 'Renamed' },
      expectedVersion: version,
    });
    expect(updated.organizationUpdate.organization).toMatchObject({ name: 'Renamed', version: version + 1 });
    const stale = await plane.run(plane.adminKey, OrganizationUpdateDocument, { id, input: { name: 'Lost' }, expectedVersion: version });
    expect(stale.organizationUpdate.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
    const { organization } = await plane.run(plane.adminKey, OrganizationDocument, { id });
    expect(organization).toMatchObject({ name: 'Renamed' });
  });

  it('is not deleted while it has workspaces, and deleting it twice succeeds', async () => {
    const { id } = (await create()).organization!;
    const used = (await create()).organization!;
    await plane.run(plane.adminKey, WorkspaceCreateDocument, { input: { organizationId: used.id, slug: `in-${used.slug}`, name: 'Used' } });
    const refused = await plane.run(plane.adminKey, OrganizationDeleteDocument, { id: used.id });
    expect(refused.organizationDelete.userErrors).toMatchObject([{ code: 'HAS_DEPENDENTS' }]);
    for (let time = 0; time < 2; time++) {
      const { organizationDelete } = await plane.run(plane.adminKey, OrganizationDeleteDocument, { id });
      expect(organizationDelete).toEqual({ deletedId: id, userErrors: [] });
    }
  });

  it('pages through all of them without a gap or a repetition', async () => {
    const created = [];
    for (let i = 0; i < 5; i++) created.push((await create()).organization!.id);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const {
        organizations,
      }: { organizations: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } } } = await plane.run(
        plane.adminKey,
        OrganizationsDocument,
        { first: 2, after },
      );
      seen.push(...organizations.nodes.map(({ id }) => id));
      after = organizations.pageInfo.hasNextPage ? organizations.pageInfo.endCursor! : null;
    } while (after !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(-5)).toEqual(created);
  });

  it('refuses pages and cursors that are none', async () => {
    for (const query of [
      '{ organizations(first: 101) { nodes { id } } }',
      '{ organizations(first: 0) { nodes { id } } }',
      '{ organizations(after: "x") { nodes { id } } }',
    ]) {
      const { errors } = await plane.send(plane.adminKey, query);
      expect(errors[0]?.extensions.code, query).toBe('BAD_REQUEST');
    }
  });
});
