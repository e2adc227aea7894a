import { startTestOpenIdProvider } from '../../support/openid-provider.ts';
import { isServed, seesTools } from '../is-served.ts';
import { check, until, type Journey } from '../journey.ts';
import { addRule, removeRule } from '../rule-steps.ts';

const BUTTON = 'Continue with Acme directory';

/** Sign-in by the organization's own provider, and what its groups are good for. */
export const identityJourneys: readonly Journey[] = [
  {
    name: 'a provider is added and people sign in by it; a rule for one of its groups refuses them; turned off and deleted it lets nobody in',
    async run(stage) {
      const { world, origin } = stage;
      const { page } = stage.owner;
      const provider = await startTestOpenIdProvider(`${origin}/sign-in/callback`);
      provider.setPerson({
        sub: 'nina',
        email: 'nina.night@example.com',
        email_verified: true,
        name: 'Nina Night',
        groups: ['night-shift'],
      });
      const context = await stage.openBrowser();
      const nina = await context.newPage();
      try {
        await page.goto(`${origin}/console/identity-providers`);
        await page.getByRole('button', { name: 'Add a provider' }).click();
        const form = page.getByRole('dialog', { name: 'Add a provider' });
        await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme directory');
        await form.getByRole('textbox', { name: 'Issuer' }).fill(provider.issuer);
        await form.getByRole('textbox', { name: 'Client id' }).fill(provider.clientId);
        await form.getByLabel('Client secret').fill(provider.clientSecret);
        await form.getByRole('textbox', { name: 'Claim with the groups' }).fill('groups');
        await form.getByRole('switch', { name: 'Add people when they first sign in' }).press('Space');
        await form.getByRole('button', { name: 'Save' }).click();
        await page.getByRole('cell', { name: /^Acme directory/ }).waitFor();
        check(!(await page.content()).includes(provider.clientSecret), 'the secret is in the page');

        const query = 'query ($id: ID!) { organization(id: $id) { slug } }';
        const { slug } = await world.api.run<{ slug: string }>(query, { id: world.organizationId }, 'organization');
        const signInPage = `${origin}/sign-in?organization=${slug}&return_to=${encodeURIComponent('/console/')}`;
        await nina.goto(signInPage);
        await nina.getByText(BUTTON).click();
        await nina.locator('input[name=login]').fill('nina');
        await nina.locator('input[name=password]').fill('any');
        await nina.getByRole('button', { name: 'Sign-in' }).click();
        await nina.getByRole('button', { name: 'Continue' }).click();
        await nina.getByRole('button', { name: 'Signed in as Nina Night' }).waitFor();

        await page.goto(`${origin}/console/people?find=Nina`);
        await page.getByRole('link', { name: 'Nina Night' }).click();
        await page.getByText('Groups: night-shift').waitFor();
        const id = page.url().split('/').at(-1)!;
        await world.api.run(
          `mutation ($input: WorkspaceMemberAddInput!) { workspaceMemberAdd(input: $input) { snapshotRevision userErrors { code message field } } }`,
          { input: { workspaceId: world.workspace.id, userIds: [id], role: 'MEMBER' } },
          'workspaceMemberAdd',
        );
        const [key, service] = [await world.addKey({ person: { id, email: '' } }), await world.addKey()];
        await until('the call of who signed in', () => isServed(stage, key.plain));

        await addRule(page, origin, 'Not at night', async (dialog) => {
          await dialog.locator('input').and(dialog.getByLabel('Groups')).fill('night-shift');
          await page.keyboard.press('Enter');
        });
        await until('no tool for the group', async () => !(await seesTools(stage, key.plain)));
        check(await seesTools(stage, service.plain), 'who is not in the group is refused too');
        await removeRule(page, 'Not at night');
        await until('the tools of the group', () => seesTools(stage, key.plain));

        await page.goto(`${origin}/console/identity-providers`);
        await page.getByRole('button', { name: 'Edit Acme directory' }).click();
        await page.getByRole('dialog').getByRole('switch', { name: 'In use' }).press('Space');
        await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
        await page.getByRole('cell', { name: 'Off' }).waitFor();
        await context.clearCookies();
        await nina.goto(signInPage);
        await nina.getByLabel('Password').waitFor();
        check((await nina.getByText(BUTTON).count()) === 0, 'a provider that is off is offered');
        await page.getByRole('button', { name: 'Delete Acme directory' }).click();
        await page
          .getByRole('dialog')
          .getByText(/Nobody can sign in by it from then on/)
          .waitFor();
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
        await page.getByText('People sign in with a password').waitFor();
      } finally {
        await context.close();
        provider.close();
      }
    },
  },
  {
    name: 'a rule for one key refuses that key and no other',
    async run(stage) {
      const { world, origin } = stage;
      const { page } = stage.owner;
      const [key, other] = [await world.addKey(), await world.addKey()];
      const { name } = await world.api.run<{ name: string }>('query ($id: ID!) { apiKey(id: $id) { name } }', { id: key.id }, 'apiKey');
      await world.enforced();
      await until('the tools of the key', () => seesTools(stage, key.plain));
      await addRule(page, origin, 'Not this key', async (dialog) => {
        await dialog.getByRole('combobox', { name: 'Keys' }).click();
        await page.getByRole('option', { name: new RegExp(name) }).click();
        await page.keyboard.press('Escape');
      });
      await page.getByText('1 key').waitFor();
      await until('the refusal of the key', async () => !(await seesTools(stage, key.plain)));
      check(await seesTools(stage, other.plain), 'another key is refused too');
      await removeRule(page, 'Not this key');
      await until('the tools of the key', () => seesTools(stage, key.plain));
    },
  },
];
