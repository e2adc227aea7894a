import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../control-plane/database/open-database.ts';
import { EgressPolicy } from '../../../contract/egress-policy.ts';
import { GuardedFetch } from '../../../control-plane/egress/index.ts';
import { postgresOutbox } from '../../../control-plane/snapshots/index.ts';
import { KeyRefresh } from '../../../control-plane/trusted-issuers/index.ts';
import { openLogger } from '../../../foundation/logger.ts';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  OrganizationCreateDocument,
  TrustedIssuerCreateDocument,
  TrustedIssuerDocument,
  TrustedIssuerUpdateDocument,
  UserCreateDocument,
} from '../../support/generated/graphql.ts';
import { unique } from '../../support/hub-world.ts';
import { startTestIdentityProvider, type TestIdentityProvider } from '../../support/identity-provider.ts';

let plane: TestControlPlane;
let provider: TestIdentityProvider;
let organizationId: string;
beforeAll(async () => {
  [plane, provider] = await Promise.all([useSharedControlPlane(), startTestIdentityProvider()]);
  organizationId = await addOrganization(unique('acme'));
});
afterAll(async () => {
  provider.close();
});

async function addOrganization(slug: string): Promise<string> {
  const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, { input: { slug, name: slug } });
  return organizationCreate.organization!.id;
}
async function create(input: object) {
  const { trustedIssuerCreate } = await plane.run(plane.adminKey, TrustedIssuerCreateDocument, {
    input: { organizationId, issuer: provider.issuer, ...input },
  });
  return trustedIssuerCreate;
}
async function refreshLater(afterMs: number): Promise<void> {
  const orm = await openDatabase(plane.databaseUrl);
  const http = new GuardedFetch(EgressPolicy.parse('loopback'));
  const clock = { nowMs: () => Date.now() + afterMs };
  const logger = openLogger({ service: 'test', level: 'silent' });
  await new KeyRefresh({ em: orm.em, clock, outbox: postgresOutbox, fetch: http.fetch, logger }).run();
  await http.close();
  await orm.close();
}
async function addUser(organization: string) {
  const input = { organizationId: organization, email: `person-${Math.random()}@example.com`, name: 'Person' };
  return (await plane.run(plane.adminKey, UserCreateDocument, { input })).userCreate;
}

describe('trusting an issuer', () => {
  it('reads the keys that its metadata names, and only public ones that sign', async () => {
    const { trustedIssuer, snapshotRevision, userErrors } = await create({ requiredClaims: [{ name: 'tenant', value: 't1' }] });
    expect(userErrors).toEqual([]);
    expect(trustedIssuer).toMatchObject({ issuer: provider.issuer, keyCount: 1, requiredClaims: [{ name: 'tenant', value: 't1' }] });
    expect(snapshotRevision).toBeGreaterThan(0);
    expect((await create({})).userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'issuer'] }]);
  });

  it.each([
    ['metadata of somebody else', { issuer: '/elsewhere' }, 'UNREACHABLE', 'issuer'],
    ['no metadata', { issuer: '/nothing' }, 'UNREACHABLE', 'issuer'],
    ['no keys', { jwksUrl: '/.well-known/openid-configuration' }, 'UNREACHABLE', 'jwksUrl'],
  ])('with %s is refused', async (_name, paths, code, field) => {
    const input = Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, provider.issuer + path]));
    expect((await create(input)).userErrors).toMatchObject([{ code, field: ['input', field] }]);
  });

  it.each([
    ['plain http', { issuer: 'http://idp.example' }, ['input', 'issuer']],
    ['a private address', { issuer: 'https://10.0.0.1/' }, ['input', 'issuer']],
    ['a claim twice', { requiredClaims: [1, 2].map(() => ({ name: 'a', value: 'b' })) }, ['input', 'requiredClaims']],
  ])('over %s is refused', async (_name, input, field) => {
    expect((await create(input)).userErrors).toMatchObject([{ field }]);
  });

  it('makes a change of its people one that gateways hear of, and of nobody else', async () => {
    expect((await addUser(organizationId)).snapshotRevision).toBeGreaterThan(0);
    expect((await addUser(await addOrganization(unique('trusts-nobody')))).snapshotRevision).toBeNull();
  });
});

describe('the keys of an issuer', () => {
  it('are read again when they are due, and stay in force while that fails', async () => {
    const own = await startTestIdentityProvider();
    const { trustedIssuer } = await create({ issuer: own.issuer });
    const read = async () => (await plane.run(plane.adminKey, TrustedIssuerDocument, { id: trustedIssuer!.id })).trustedIssuer!;
    own.breakDown(true);
    await refreshLater(1_000);
    expect(await read()).toMatchObject({ keyCount: 1, keysFailure: expect.stringContaining('status 503') as string });
    own.breakDown(false);
    await own.rotate();
    await refreshLater(30_000);
    expect((await read()).keysFailure).not.toBeNull(); // not due yet
    await refreshLater(600_000);
    expect(await read()).toMatchObject({ keyCount: 1, keysFailure: null });
    own.close();
  });

  it('are read at once from another URL, or the change is refused', async () => {
    const own = await startTestIdentityProvider();
    const { trustedIssuer } = await create({ issuer: own.issuer });
    const update = (input: object) =>
      plane.run(plane.adminKey, TrustedIssuerUpdateDocument, { id: trustedIssuer!.id, input }).then((answer) => answer.trustedIssuerUpdate);
    expect((await update({ jwksUrl: `${own.issuer}/nothing` })).userErrors).toMatchObject([{ code: 'UNREACHABLE' }]);
    expect((await update({ jwksUrl: own.jwksUrl, audience: 'sluice' })).trustedIssuer).toMatchObject({ audience: 'sluice' });
    expect((await update({ enabled: false, audience: null })).trustedIssuer).toMatchObject({ enabled: false, audience: null });
    own.close();
  });
});
