import { initialize, sendMcp } from '../../support/mcp-request.ts';
import { check, until, type Journey } from '../journey.ts';

/** What becomes of a workspace, seen by those who call its servers. */
export const workspaceJourneys: readonly Journey[] = [
  {
    name: 'a workspace is made, gets a server, people and a service key, and takes all of that along when it is deleted',
    async run({ owner: { page }, member, origin, world }) {
      await page.goto(`${origin}/console/workspaces`);
      await page.getByRole('button', { name: 'New workspace' }).click();
      await page.getByRole('dialog').getByLabel('Name', { exact: false }).first().fill('Data team');
      check((await page.getByLabel('Name in URLs').inputValue()) === 'data-team', 'no name in URLs is proposed');
      await page.getByRole('dialog').getByRole('button', { name: 'New workspace' }).click();
      await page.waitForURL('**/console/workspaces/data-team');
      await page.goto(`${origin}/console/servers/open-tools?tab=access`);
      await page.getByRole('combobox', { name: 'Give it to workspaces' }).fill('Data');
      await page.getByRole('option', { name: /Data team/ }).click();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('button', { name: /Data team/ }).waitFor();

      await page.goto(`${origin}/console/workspaces/data-team`);
      await page.getByRole('button', { name: 'Add people' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add people' });
      await dialog.getByRole('combobox', { name: 'Who' }).fill('Max');
      await page.getByRole('option', { name: new RegExp(member.name) }).click();
      await page.keyboard.press('Escape');
      await dialog.getByRole('button', { name: 'Add people' }).click();
      const role = page.getByRole('combobox', { name: `Role of ${member.name}` });
      await role.click();
      await page.getByRole('option', { name: 'Manager' }).click();
      await page.getByRole('tab', { name: 'Keys' }).click();
      await page.getByRole('button', { name: 'Make a key' }).click();
      await page.getByRole('dialog').getByLabel('Name').fill('Pipeline');
      await page.getByRole('dialog').getByRole('button', { name: 'Make a key' }).click();
      await page.getByText('It is shown this once.').waitFor();
      await page.getByRole('button', { name: 'Copy the key' }).click();
      const service = await page.evaluate<string>('navigator.clipboard.readText()');
      await page.getByRole('button', { name: 'I have it' }).click();
      check(!(await page.content()).includes(service), 'the key is shown still');

      const { id } = await world.api.run<{ id: string }>(
        'query ($slug: String!) { workspaceBySlug(slug: $slug) { id } }',
        { slug: 'data-team' },
        'workspaceBySlug',
      );
      const own = await world.addKey({ person: member, workspace: { id, slug: 'data-team' } });
      const url = `${world.gateway.url}/data-team/open-tools/mcp`;
      const statusOf = async (key: string) => (await sendMcp(url, { key, body: initialize() })).status;
      await until('a call with the service key', async () => (await statusOf(service)) === 200);
      await until('a call of the manager', async () => (await statusOf(own.plain)) === 200);
      await member.page.goto(`${origin}/console/workspaces/data-team`);
      await member.page.getByRole('tab', { name: 'Settings' }).click();
      await member.page.getByLabel('Name').fill('Data people');
      await member.page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'Data people' }).waitFor();
      check((await member.page.getByRole('button', { name: 'Delete the workspace' }).count()) === 0, 'a manager is offered to delete it');

      await page.getByRole('tab', { name: 'People' }).click();
      await page.getByRole('button', { name: `Remove ${member.name}` }).click();
      await page
        .getByRole('dialog')
        .getByText(/What stops working with them: 1 key\./)
        .waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await until('the refusal of who was removed', async () => (await statusOf(own.plain)) !== 200);
      check((await statusOf(service)) === 200, 'the service key is refused too');
      await member.page.getByText('There is nothing here').waitFor();

      await page.getByRole('tab', { name: 'Keys' }).click();
      await page.getByRole('button', { name: 'Revoke Pipeline' }).click();
      await page
        .getByRole('dialog')
        .getByText(/This cannot be undone/)
        .waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await until('the refusal of the service key', async () => (await statusOf(service)) === 401);

      const last = await world.addKey({ workspace: { id, slug: 'data-team' } });
      await until('a call with another key', async () => (await statusOf(last.plain)) === 200);
      await page.getByRole('tab', { name: 'Settings' }).click();
      await page.getByRole('button', { name: 'Delete the workspace' }).click();
      const question = page.getByRole('dialog', { name: 'Delete “Data people”?' });
      await question.getByText(/^Lost with it: the access to 1 server and 2 keys, /).waitFor();
      await question.getByRole('button', { name: 'Delete the workspace' }).click();
      await page.waitForURL('**/console/workspaces');
      await until('the refusal of its keys', async () => (await statusOf(last.plain)) === 401);
    },
  },
];
