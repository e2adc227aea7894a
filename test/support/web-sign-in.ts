import { randomBytes } from 'node:crypto';
import type { ApiClient } from './api-client.ts';
import { Browser } from './browser.ts';

/** What people in tests choose. */
export const TEST_PASSWORD = 'correct horse battery';

/** A person of an organization of their own. */
export async function addPerson(api: ApiClient): Promise<{ readonly id: string; readonly email: string }> {
  const name = `person-${randomBytes(5).toString('hex')}`;
  const { organization } = await api.run<{ organization: { id: string } }>(
    `mutation ($input: OrganizationCreateInput!) {
      organizationCreate(input: $input) { organization { id } userErrors { code message field } }
    }`,
    { input: { slug: name, name } },
    'organizationCreate',
  );
  const { user } = await api.run<{ user: { id: string; email: string } }>(
    `mutation ($input: UserCreateInput!) { userCreate(input: $input) { user { id email } userErrors { code message field } } }`,
    { input: { organizationId: organization.id, email: `${name}@example.com`, name: 'Test person' } },
    'userCreate',
  );
  return user;
}

/** A browser in which a person is signed in: they chose their password by a one-time link that an administrator made. */
export async function openSignedInBrowser(
  api: ApiClient,
  controlPlaneUrl: string,
  userId: string,
  browser = new Browser(),
): Promise<Browser> {
  const { signInLink } = await api.run<{ signInLink: { url: string } }>(
    `mutation ($input: UserSignInLinkCreateInput!) {
      userSignInLinkCreate(input: $input) { signInLink { url } snapshotRevision userErrors { code message field } }
    }`,
    { input: { userId } },
    'userSignInLinkCreate',
  );
  const page = await browser.open(controlPlaneUrl + new URL(signInLink.url).pathname);
  await browser.press(page, 'Set password and sign in', { 'New password': TEST_PASSWORD, 'The same again': TEST_PASSWORD });
  return browser;
}
