import { modernRequest, sendMcp } from '../../support/mcp-request.ts';
import { isServed } from '../is-served.ts';
import { check, until, type Journey } from '../journey.ts';

/** The second job: who may use what of it. */
export const provisionJourneys: readonly Journey[] = [
  {
    name: 'a person is switched off, it says when that is enforced, and their call is refused',
    async run(stage) {
      const { world, member, manager } = stage;
      const { page } = stage.owner;
      const key = await world.addKey({ person: member });
      await world.enforced();
      await until('the call of the member', () => isServed(stage, key.plain));
      await page.goto(`${stage.origin}/console/servers/open-tools?tab=access`);
      await page.getByRole('button', { name: /Test workspace/ }).click();
      const toggle = page.getByRole('switch', { name: `${member.name} may use it` });
      await toggle.press('Space');
      await page.getByText('In force everywhere').first().waitFor();
      check(!(await isServed(stage, key.plain)), 'what is said to be in force is not');
      await until('the switch being off', async () => !(await toggle.isChecked()));
      await page.goto(`${stage.origin}/console/servers/open-tools?tab=explain`);
      await page.getByRole('combobox', { name: 'Who' }).fill(member.name);
      await page.getByRole('option', { name: new RegExp(member.name) }).click();
      await page.getByRole('button', { name: 'Explain', exact: true }).click();
      await page.getByText('There is an exception for this person.').waitFor();
      await page.goBack();
      const others = page.getByRole('switch', { name: `${manager.name} may use it` });
      await others.press('Space');
      await page.getByRole('switch', { name: `${member.name} may use it` }).press('Space');
      await until('the call of the member', () => isServed(stage, key.plain));
      await until('the switch of the other one being off', async () => !(await others.isChecked()));
      await others.press('Space');
      await until('the switch of the other one being on', () => others.isChecked());
    },
  },
  {
    name: 'a tool is found and switched off, and held for review are those that come later',
    async run({ owner: { page }, origin, world }) {
      await page.goto(`${origin}/console/servers/open-tools?tab=tools`);
      await page.getByRole('row').nth(3).waitFor();
      const first =
        (await page
          .getByRole('switch', { name: /can be used/ })
          .first()
          .getAttribute('aria-label')) ?? '';
      const name = first.replace(' can be used', '');
      await page.getByLabel('Find by name or description').fill(name);
      await page.waitForURL(`**find=${encodeURIComponent(name)}**`);
      const toggle = page.getByRole('switch', { name: first });
      await toggle.press('Space');
      await page.getByText('In force everywhere').first().waitFor();
      const key = await world.addKey();
      await world.enforced();
      const list = await sendMcp(`${world.gateway.url}/${world.workspace.slug}/open-tools/mcp`, {
        key: key.plain,
        ...modernRequest(1, 'tools/list'),
      });
      check(list.body.toString().includes('inputSchema'), `no list of tools: ${list.body.toString().slice(0, 300)}`);
      check(!list.body.toString().includes(`"name":"${name}"`), 'the tool is listed still');
      await toggle.press('Space');
      await page.getByText('Held for review').click();
      await page.getByText('In force everywhere').first().waitFor();
      await page.getByLabel('Show').selectOption({ label: 'Waiting for review (0)' });
      await page.getByText('Nothing').first().waitFor();
    },
  },
  {
    name: 'a rule is checked while it is written, and says where it is wrong',
    async run({ owner: { page }, origin }) {
      await page.goto(`${origin}/console/servers/open-tools?tab=rules`);
      await page.getByRole('button', { name: 'Add a rule' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add a rule' });
      await dialog.getByLabel('Name of the rule').fill('No deletes');
      await dialog.getByLabel('Tools, prompts and resources').fill('delete_*');
      await dialog.getByLabel('Condition').fill('capability.annotations.readOnlyHint == ');
      await dialog.getByText(/^Line 1, column \d+/).waitFor();
      await dialog.getByLabel('Condition').fill('capability.annotations.readOnlyHint == true');
      await dialog.getByText('The condition can be saved.').waitFor();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByText('delete_*').waitFor();
    },
  },
];
