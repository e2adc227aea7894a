import { seesTools } from '../is-served.ts';
import { check, until, type Journey } from '../journey.ts';
import { addRule, removeRule } from '../rule-steps.ts';

/** What is changed about a server, and what that costs. */
export const settingsJourneys: readonly Journey[] = [
  {
    name: 'a rule names people, and refuses them and nobody else',
    async run(stage) {
      const { world, origin, member } = stage;
      const { page } = stage.owner;
      const [key, other] = [await world.addKey({ person: member }), await world.addKey()];
      await world.enforced();
      await until('the tools of the member', () => seesTools(stage, key.plain));
      await addRule(page, origin, 'Not Max', async (dialog) => {
        await dialog.getByRole('combobox', { name: 'People' }).fill('Max');
        await page.getByRole('option', { name: new RegExp(member.name) }).click();
      });
      await page.getByText('1 person').waitFor();
      await until('the refusal', async () => !(await seesTools(stage, key.plain)));
      check(await seesTools(stage, other.plain), 'somebody else is refused too');
      await page.getByRole('button', { name: 'Change the rule: Not Max' }).click();
      await page.getByRole('dialog').getByText(member.email).waitFor();
      await page.keyboard.press('Escape');
      await removeRule(page, 'Not Max');
      await page.getByText('1 person').waitFor({ state: 'detached' });
      await until('the tools of the member', () => seesTools(stage, key.plain));
    },
  },
  {
    name: 'another way of signing in says that connections are lost and takes them away; deleting the server says who loses it',
    async run({ owner: { page }, origin, openUpstream, world }) {
      const server = await world.addServer({ upstreamUrl: openUpstream.url });
      await page.goto(`${origin}/console/servers/${server.slug}?tab=settings`);
      await page.getByRole('radio', { name: /^Custom headers/ }).click();
      await page.getByRole('radio', { name: /^One for the organization/ }).click();
      await page.getByLabel('Seconds of silence on an open stream').fill('45');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Saved.').waitFor();
      await page.getByRole('tab', { name: 'Connections' }).click();
      await page.getByRole('textbox', { name: 'Header' }).fill('x-one');
      await page.getByLabel('Value').fill('1');
      await page.getByRole('button', { name: 'Another header' }).click();
      await page.getByRole('textbox', { name: 'Header' }).nth(1).fill('x-two');
      await page.getByLabel('Value').nth(1).fill('2');
      await page.getByRole('button', { name: 'Save and connect' }).click();
      await page.getByRole('cell', { name: 'Connected', exact: true }).waitFor();
      await page.getByRole('tab', { name: 'Settings' }).click();
      await page.getByRole('radio', { name: /^Each person/ }).click();
      await page.getByText(/all of them are disconnected/).waitFor();
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Disconnect everybody first?' });
      await dialog.getByText(/^1 connection was made/).waitFor();
      await dialog.getByRole('button', { name: 'Disconnect and save' }).click();
      await page.getByText('Saved.').last().waitFor();
      await page.getByRole('tab', { name: 'Connections' }).click();
      await page.getByText('Nothing is connected').waitFor();
      await page.getByRole('tab', { name: 'Settings' }).click();
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      const question = page.getByRole('dialog', { name: 'Delete Test server?' });
      await question.getByText('Test workspace loses it with the next call. Lost with it: its settings and approvals.').waitFor();
      await question.getByRole('button', { name: 'Cancel' }).click();
      await question.waitFor({ state: 'detached' });
      await page.getByRole('heading', { name: 'Test server', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
      await question.getByRole('button', { name: 'Delete', exact: true }).click();
      await page.waitForURL('**/console/servers');
      await page.getByText('Test server was deleted.').waitFor();
    },
  },
];
