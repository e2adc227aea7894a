import type { Locator, Page } from 'playwright-core';

/** Adds a rule of the open server that denies everything to those whom `choose` names. */
export async function addRule(page: Page, origin: string, name: string, choose: (dialog: Locator) => Promise<void>): Promise<void> {
  await page.goto(`${origin}/console/servers/open-tools?tab=rules`);
  await page.getByRole('button', { name: 'Add a rule' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a rule' });
  await dialog.getByLabel('Name of the rule').fill(name);
  await choose(dialog);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Deletes it, once one is asked. */
export async function removeRule(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Delete the rule: ${name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the rule' }).click();
}
