import { TEST_PASSWORD } from '../../support/web-sign-in.ts';
import { isServed } from '../is-served.ts';
import { check, until, type Journey } from '../journey.ts';

const NAME = 'Paula Person';
const EMAIL = 'paula.person@example.com';

/** What becomes of people, seen from the other side: by themselves, and by what uses their keys. */
export const peopleJourneys: readonly Journey[] = [
  {
    name: 'a person is invited by a link, gets to work, is disabled and enabled, becomes an auditor, and is deleted',
    async run(stage) {
      const { world, origin } = stage;
      const { page } = stage.owner;
      await page.goto(`${origin}/console/people`);
      await page.getByRole('button', { name: 'Add a person' }).click();
      await page.getByRole('dialog').getByLabel('Name').fill(NAME);
      await page.getByRole('dialog').getByLabel('E-mail address').fill(EMAIL);
      await page.getByRole('dialog').getByRole('button', { name: 'Add a person' }).click();
      await page.waitForURL('**/console/people/usr_*');
      const personPage = page.url();
      await page.getByRole('button', { name: 'Make a sign-in link' }).click();
      await page.getByRole('button', { name: 'Copy the link' }).click();
      const link = await page.evaluate<string>('navigator.clipboard.readText()');
      await page.getByRole('button', { name: 'Done' }).click();

      await page.goto(`${origin}/console/workspaces/${world.workspace.slug}`);
      await page.getByRole('button', { name: 'Add people' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add people' });
      await dialog.getByRole('combobox', { name: 'Who' }).fill('Paula');
      await page.getByRole('option', { name: new RegExp(NAME) }).click();
      await page.keyboard.press('Escape');
      await dialog.getByRole('button', { name: 'Add people' }).click();
      await page.getByRole('cell', { name: new RegExp(`^${NAME}`) }).waitFor();

      const context = await stage.openBrowser();
      const paula = await context.newPage();
      await paula.goto(link);
      await paula.getByLabel('New password').fill(TEST_PASSWORD);
      await paula.getByLabel('The same again').fill(TEST_PASSWORD);
      await paula.getByRole('button', { name: 'Set password and sign in' }).click();
      await paula.getByRole('button', { name: `Signed in as ${NAME}` }).waitFor();
      await paula
        .getByRole('link', { name: /^Set up a client for/ })
        .first()
        .waitFor();
      await paula.goto(`${origin}/console/keys`);
      await paula.getByRole('button', { name: 'Make a key' }).click();
      await paula.getByRole('dialog').getByLabel('Name').fill('Of Paula');
      await paula.getByRole('dialog').getByRole('button', { name: 'Make a key' }).click();
      await paula.getByRole('button', { name: 'Copy the key' }).click();
      const key = await paula.evaluate<string>('navigator.clipboard.readText()');
      await paula.getByRole('button', { name: 'I have it' }).click();
      await until('the call of the new person', () => isServed(stage, key));

      await page.goto(personPage);
      await page.getByRole('button', { name: 'Disable' }).click();
      const question = page.getByRole('dialog', { name: `Disable ${NAME}?` });
      await question.getByText(/They are signed out/).waitFor();
      await question.getByRole('button', { name: 'Disable' }).click();
      await page.getByText('In force everywhere').first().waitFor();
      check(!(await isServed(stage, key)), 'a disabled person is served');
      // The page in which they are signed out leads there by itself.
      await paula.getByLabel('E-mail address').fill(EMAIL);
      await paula.getByLabel('Password').fill(TEST_PASSWORD);
      await paula.getByRole('button', { name: 'Sign in' }).click();
      await paula.getByRole('alert').waitFor();
      await page.getByRole('button', { name: 'Enable' }).click();
      await until('the call of the enabled person', () => isServed(stage, key));

      await page.getByRole('combobox', { name: 'Role' }).click();
      await page.getByRole('option', { name: 'Auditor' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      await paula.goto(`${origin}/sign-in`);
      await paula.getByLabel('E-mail address').fill(EMAIL);
      await paula.getByLabel('Password').fill(TEST_PASSWORD);
      await paula.getByRole('button', { name: 'Sign in' }).click();
      await paula.getByRole('button', { name: `Signed in as ${NAME}` }).waitFor();
      await paula.goto(`${origin}/console/audit`);
      await paula.getByRole('heading', { name: 'Audit', level: 1 }).waitFor();

      await page.getByRole('button', { name: 'Delete the person' }).click();
      const last = page.getByRole('dialog', { name: `Delete ${NAME}?` });
      await last.getByText(/^Lost with them: 1 membership and 1 key\./).waitFor();
      await last.getByRole('button', { name: 'Delete the person' }).click();
      await page.waitForURL('**/console/people');
      await until('the refusal of the key', async () => !(await isServed(stage, key)));
      await until('the sign-in page', async () => {
        await paula.reload().catch(() => undefined); // the page may be leaving by itself
        return (await paula.getByLabel('E-mail address').count()) === 1;
      });
      await context.close();
    },
  },
];
