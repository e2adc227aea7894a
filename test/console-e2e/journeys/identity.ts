import { seesTools } from '../is-served.ts';
import { check, until, type Journey } from '../journey.ts';
import { addRule, removeRule } from '../rule-steps.ts';

/** Sign-in by the organization's own provider, and what its groups are good for. */
export const identityJourneys: readonly Journey[] = [
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
