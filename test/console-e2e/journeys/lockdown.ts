import { check, until, type Journey } from '../journey.ts';
import { isServed } from '../is-served.ts';

/** A server is stopped everywhere, and what that is seen by. */
export const lockdownJourneys: readonly Journey[] = [
  {
    name: 'a lockdown says what stops, refuses calls once it is in force, shows wherever the server does, and ends',
    async run(stage) {
      const { world, origin, auditor, member } = stage;
      const { page } = stage.owner;
      const key = await world.addKey();
      await world.enforced();
      await until('the call before', () => isServed(stage, key.plain));
      await page.goto(`${origin}/console/servers/open-tools`);
      await page.getByRole('button', { name: /^Lock down / }).click();
      const dialog = page.getByRole('dialog', { name: /^Lock down .*\?$/ });
      await dialog.getByText('Every call to this server is refused').waitFor();
      await dialog.getByLabel('Why').fill('It leaks');
      await dialog.getByRole('button', { name: 'Lock down now' }).click();
      await page.getByText('In force everywhere').first().waitFor();
      check(!(await isServed(stage, key.plain)), 'what is said to be in force is not');
      await page.getByRole('alert').getByText('It leaks').waitFor();
      await page.getByRole('button', { name: 'Change the reason' }).click();
      await page.getByRole('dialog').getByLabel('Why').fill('It leaked');
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await page.getByRole('alert').getByText('It leaked').waitFor();
      await auditor.page.goto(`${origin}/console/servers`);
      await auditor.page.getByText('Locked down').waitFor();
      await auditor.page.goto(`${origin}/console/servers/open-tools`);
      await auditor.page.getByText('It leaked').waitFor();
      check((await auditor.page.getByRole('button', { name: 'Unlock' }).count()) === 0, 'an auditor is offered to unlock');
      await page.keyboard.press('Control+KeyK');
      await page.getByRole('textbox', { name: 'Search' }).fill('open-tools');
      await page.getByRole('dialog').getByText('Locked down').waitFor();
      await page.keyboard.press('Escape');
      await member.page.goto(`${origin}/console/my-servers`);
      await member.page.getByText('Locked down').waitFor();
      await member.page.goto(`${origin}/console/my-servers/${world.workspace.slug}/open-tools`);
      await member.page.getByText('This server is locked down').waitFor();
      check((await member.page.getByText('It leaked').count()) === 0, 'a member is told why');
      await page.getByRole('button', { name: 'Unlock' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Unlock' }).click();
      await until('the call afterwards', () => isServed(stage, key.plain));
      await page.getByRole('button', { name: /^Lock down / }).waitFor();
    },
  },
  {
    name: 'calls and refusals stand in the activity of the server, and in the list of servers',
    async run(stage) {
      const { world, origin } = stage;
      const { page } = stage.owner;
      const key = await world.addKey();
      await world.enforced();
      await until('a call', () => isServed(stage, key.plain));
      await page.goto(`${origin}/console/servers/open-tools?tab=activity`);
      const table = page.getByRole('table', { name: 'Latest activity' });
      await table.getByText('initialize').first().waitFor();
      await table.getByText('Completed').first().waitFor();
      await page.getByRole('img', { name: 'Calls in each of the last 24 hours' }).waitFor();
      check(
        (await page.getByRole('link', { name: 'See all of it' }).getAttribute('href'))?.includes('interactions?server=mcps_') === true,
        'no link to all of it',
      );
      await page.goto(`${origin}/console/servers`);
      const row = page.getByRole('row', { name: /open-tools|Test workspace/ }).first();
      await row.getByText('Test workspace').waitFor();
      await page
        .getByText(/^\d+ calls?$/)
        .first()
        .waitFor();
    },
  },
];
