import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, type BrowserPage } from '../../support/browser.ts';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  IdentityProviderCreateDocument,
  IdentityProviderUpdateDocument,
  OrganizationCreateDocument,
  UserByEmailDocument,
  UserCreateDocument,
  UserDisableDocument,
} from '../../support/generated/graphql.ts';
import { unique } from '../../support/hub-world.ts';
import { startTestOpenIdProvider, type OpenIdPerson, type TestOpenIdProvider } from '../../support/openid-provider.ts';

let plane: TestControlPlane;
let provider: TestOpenIdProvider;
const slug = unique('acme');
let organizationId: string;
let providerId: string;
beforeAll(async () => {
  plane = await useSharedControlPlane();
  const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, { input: { slug, name: 'Acme' } });
  organizationId = organizationCreate.organization!.id;
  provider = await startTestOpenIdProvider(await readRedirectUri());
  const { identityProvider, userErrors } = await create({ groupsClaim: 'groups', createsUsers: true });
  expect(userErrors).toEqual([]);
  providerId = identityProvider!.id;
});
afterAll(() => provider.close());

/** What an administrator registers at the provider, as the API says it. */
async function readRedirectUri(): Promise<string> {
  const query = 'query ($id: ID!) { organization(id: $id) { signInRedirectUri } }';
  const { data } = await plane.send<{ organization: { signInRedirectUri: string } }>(plane.adminKey, query, { id: organizationId });
  return data!.organization.signInRedirectUri;
}

async function create(changes: object) {
  const { issuer, clientId, clientSecret } = provider;
  const input = { organizationId, name: 'Acme directory', issuer, clientId, clientSecret, ...changes };
  return (await plane.run(plane.adminKey, IdentityProviderCreateDocument, { input })).identityProviderCreate;
}
async function update(input: object) {
  return (await plane.run(plane.adminKey, IdentityProviderUpdateDocument, { id: providerId, input })).identityProviderUpdate;
}
async function addUser(email: string) {
  return (await plane.run(plane.adminKey, UserCreateDocument, { input: { organizationId, email, name: 'Known before' } })).userCreate.user!;
}
async function findUser(email: string) {
  return (await plane.run(plane.adminKey, UserByEmailDocument, { organizationId, email })).userByEmail;
}

/** All that a person does: our button, their login, their consent. */
async function signIn(person: OpenIdPerson, browser = new Browser()): Promise<BrowserPage> {
  provider.setPerson(person);
  const page = await browser.open(`${plane.publicUrl}/sign-in?organization=${slug}&return_to=/account?from=provider`);
  const login = await browser.follow(page, 'Continue with Acme directory');
  const consent = await browser.press(login, 'Sign-in', { login: person.sub, password: 'any' });
  return browser.press(consent, 'Continue');
}
let counter = 0;
function describePerson(changes: object = {}): OpenIdPerson & { email: string } {
  const sub = `person-${counter++}`;
  return { sub, email: `${sub}@acme.example`, email_verified: true, name: `Person ${sub}`, ...changes };
}

describe("signing in by the organization's provider", () => {
  it('adds a person who comes for the first time, and knows them the next time by their subject', async () => {
    const person = describePerson({ groups: ['dev', 'ops'] });
    const page = await signIn(person);
    expect(page.url.href).toBe(`${plane.publicUrl}/account?from=provider`);
    expect(page.text).toContain(person.email);
    expect(page.text).not.toContain('Change password');
    const user = await findUser(person.email);
    const { data } = await plane.send(plane.adminKey, 'query ($id: ID!) { user(id: $id) { role groups } }', { id: user!.id });
    expect(data).toEqual({ user: { role: 'MEMBER', groups: ['dev', 'ops'] } });
    // The provider may take an address away and give it to somebody else.
    const renamed = await signIn({ ...person, email: 'renamed@acme.example' });
    expect(renamed.text).toContain(person.email);
    expect(await findUser('renamed@acme.example')).toBeNull();
  });

  it('finds somebody who was there before, by an address that the provider vouches for', async () => {
    const person = describePerson();
    const { id } = await addUser(person.email.toUpperCase());
    expect((await signIn(person)).text).toContain('Known before');
    expect((await findUser(person.email))?.id).toBe(id);
  });

  it.each([[false], ['false'], [undefined]])('opens no account, and makes none, for an unverified address (%j)', async (email_verified) => {
    const [known, fresh] = [describePerson({ email_verified }), describePerson({ email_verified })];
    await addUser(known.email);
    for (const person of [known, fresh]) {
      const page = await signIn(person);
      expect([page.status, page.text.includes('does not vouch')]).toEqual([403, true]);
    }
    expect(await findUser(fresh.email)).toBeNull();
  });

  it('lets nobody in who is disabled', async () => {
    const person = describePerson();
    await signIn(person);
    await plane.run(plane.adminKey, UserDisableDocument, { id: (await findUser(person.email))!.id });
    expect((await signIn(person)).status).toBe(403);
  });

  it('lets in only whom the settings let in', async () => {
    const person = describePerson({ groups: ['dev'] });
    await update({ requiredGroup: 'ops' });
    expect((await signIn(person)).text).toContain('not in the group');
    await update({ requiredGroup: null, emailDomain: 'other.example' });
    expect((await signIn(person)).text).toContain('verified e-mail address of the organization');
    await update({ emailDomain: 'acme.example', createsUsers: false });
    expect((await signIn(person)).text).toContain('no account here');
    await update({ emailDomain: null, createsUsers: true });
    expect((await signIn(person)).status).toBe(200);
  });

  it('is not offered while it is turned off, and fails for a wrong secret', async () => {
    await update({ enabled: false });
    expect((await new Browser().open(`${plane.publicUrl}/sign-in?organization=${slug}`)).text).not.toContain('Acme directory');
    expect((await new Browser().open(`${plane.publicUrl}/sign-in/provider/${providerId}`)).status).toBe(404);
    await update({ enabled: true, clientSecret: 'another' });
    expect((await signIn(describePerson())).status).toBe(403);
    expect((await update({ clientSecret: provider.clientSecret })).identityProvider).toMatchObject({ hasClientSecret: true });
  });
});

describe('registering a provider', () => {
  it('shows of the secret only that it is set', async () => {
    const { userErrors } = await create({});
    expect(userErrors).toMatchObject([{ code: 'TAKEN' }]);
    const { data } = await plane.send<object>(
      plane.adminKey,
      'query ($id: ID!) { identityProvider(id: $id) { hasClientSecret clientSecretFingerprint } }',
      { id: providerId },
    );
    expect(JSON.stringify(data)).not.toContain(provider.clientSecret);
  });

  it.each([
    ['whose metadata cannot be read', { issuer: 'http://127.0.0.1:1' }, 'UNREACHABLE', 'issuer'],
    ['over plain http', { issuer: 'http://idp.example' }, 'INVALID', 'issuer'],
    ['without the scope openid', { scopes: ['email'] }, 'INVALID', 'scopes'],
    ['with a required group and no claim for it', { requiredGroup: 'dev' }, 'INVALID', 'requiredGroup'],
    ['that makes owners', { defaultRole: 'OWNER' }, 'INVALID', 'defaultRole'],
  ])('%s is refused', async (_name, changes, code, field) => {
    expect((await create(changes)).userErrors).toMatchObject([{ code, field: ['input', field] }]);
  });
});
