import type { Locator, Page } from 'playwright-core';
import { check, until, type Journey } from '../journey.ts';

/** What holds on every page. */
export const everywhereJourneys: readonly Journey[] = [
  {
    name: 'what a role may not do is not there',
    async run({ member, auditor, origin }) {
      await member.page.goto(`${origin}/console/servers`);
      await member.page.getByRole('heading', { name: 'Servers', level: 1 }).waitFor();
      await member.page.getByRole('link', { name: 'open-tools' }).or(member.page.getByRole('table')).first().waitFor();
      check((await member.page.getByRole('link', { name: 'Add a server' }).count()) === 0, 'a member is offered to add a server');
      await member.page.goto(`${origin}/console/servers/new`);
      await member.page.getByText('There is nothing here').waitFor();
      await auditor.page.goto(`${origin}/console/servers/open-tools?tab=access`);
      await auditor.page.getByText('Test workspace').first().waitFor();
      check((await auditor.page.getByRole('tab', { name: 'Settings' }).count()) === 0, 'an auditor is offered the settings');
      check((await auditor.page.getByRole('button', { name: 'Turn off' }).count()) === 0, 'an auditor is offered to turn it off');
    },
  },
  {
    name: 'two browsers see what the other one changes',
    async run({ owner, manager, origin }) {
      await manager.page.goto(`${origin}/console/servers/open-tools`);
      await manager.page.getByRole('heading', { name: 'How people connect' }).waitFor();
      await owner.page.goto(`${origin}/console/servers/open-tools`);
      await owner.page.getByRole('button', { name: 'Turn off' }).click();
      await manager.page.getByText('Off', { exact: true }).waitFor();
      await owner.page.getByRole('button', { name: 'Turn on' }).click();
      await manager.page.getByText('Off', { exact: true }).waitFor({ state: 'detached' });
    },
  },
  {
    name: 'the keyboard alone finds a server',
    async run({ owner: { page }, origin }) {
      await page.goto(`${origin}/console/servers`);
      await page.getByRole('heading', { name: 'Servers', level: 1 }).waitFor();
      await page.keyboard.press('Control+KeyK');
      await page.getByRole('textbox', { name: 'Search' }).waitFor();
      await page.keyboard.type('guarded');
      await page.getByRole('dialog').getByText('Guarded tools').waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/servers/guarded');
      await page.goBack();
      await page.waitForURL('**/console/servers');
    },
  },
  {
    name: 'a deletion is asked about with its numbers, begins at what does nothing, and gives the keyboard back',
    async run({ owner: { page }, origin }) {
      await page.goto(`${origin}/console/servers/guarded?tab=settings`);
      const ask = page.getByRole('button', { name: 'Delete', exact: true });
      const question = page.getByRole('dialog', { name: 'Delete Guarded tools?' });
      await ask.focus();
      for (const leave of ['Enter', 'Escape']) {
        await page.keyboard.press('Enter');
        await question.getByText(/^Test workspace loses it with the next call\. Lost with it: 1 connection, /).waitFor();
        await until('the focus on what does nothing', () => isFocused(page, question.getByRole('button', { name: 'Cancel' })));
        await page.keyboard.press(leave);
        await question.waitFor({ state: 'detached' });
        await until('the focus back where it was', () => isFocused(page, ask));
      }
    },
  },
  {
    name: 'an administrator finds a key by whose it is, and what the search has no room for; its person finds it too',
    async run({ owner, member, origin, world }) {
      await owner.page.goto(`${origin}/console/servers`);
      await owner.page.getByRole('heading', { name: 'Servers', level: 1 }).waitFor();
      await owner.page.keyboard.press('Control+KeyK');
      await owner.page.getByRole('textbox', { name: 'Search' }).fill(member.email);
      await owner.page.getByRole('dialog').getByText('Night script').click();
      await owner.page.waitForURL('**/api-keys?find=slc_*');
      await owner.page.getByRole('row').filter({ hasText: 'Night script' }).getByText(member.name).waitFor();
      for (let count = 0; count < 7; count++) await world.addKey();
      await owner.page.keyboard.press('Control+KeyK');
      await owner.page.getByRole('textbox', { name: 'Search' }).fill('slc_');
      await owner.page.getByRole('dialog').getByText('More: API keys').click();
      await owner.page.waitForURL('**/api-keys?find=slc_');
      await until('more keys than the search shows', async () => (await owner.page.getByRole('row').count()) > 7);
      await member.page.goto(`${origin}/console/api-keys`);
      await member.page.getByText('Night script').waitFor();
    },
  },
  {
    name: 'who is signed out is led to the sign-in page, and back to the very address',
    async run({ auditor: { page, email }, origin }) {
      await page.goto(`${origin}/console/servers?find=guarded`);
      await page.getByRole('button', { name: /^Signed in as/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.waitForURL('**/sign-in');
      await page.goto(`${origin}/console/servers?find=guarded`);
      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Password').fill('correct horse battery');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/console/servers?find=guarded');
      await page.getByText('Guarded tools').waitFor();
    },
  },
];

async function isFocused(page: Page, locator: Locator): Promise<boolean> {
  return (await locator.and(page.locator(':focus')).count()) === 1;
}
