import { modernRequest, sendMcp } from '../../support/mcp-request.ts';
import { check, until, type Journey } from '../journey.ts';
import type { Stage } from '../stage.ts';

function toUrl({ world }: Stage): string {
  return `${world.gateway.url}/${world.workspace.slug}/open-tools/mcp`;
}

/** Who called what, and who changed what. */
export const observeJourneys: readonly Journey[] = [
  {
    name: 'a call comes in while one looks, and says how it went and why it was allowed',
    async run(stage) {
      const { member, origin, world } = stage;
      const { page } = stage.owner;
      const key = await world.addKey({ person: member });
      await world.enforced();
      await page.goto(`${origin}/console/interactions?method=tools%2Fcall&live=true`);
      await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor();
      await until('the call of the member', async () => {
        const call = modernRequest(1, 'tools/call', { name: 'test_simple_text', arguments: {} });
        const answer = await sendMcp(toUrl(stage), { key: key.plain, ...call });
        return answer.status === 200;
      });
      await page.getByRole('button', { name: 'tools/call test_simple_text' }).first().click();
      const details = page.getByRole('dialog', { name: 'tools/call' });
      await details.getByText(member.name).waitFor();
      await details.getByRole('heading', { name: 'Why' }).waitFor();
      await details.getByRole('list').getByText('tools/call').waitFor();
      check(page.url().includes('shown=ixn_'), 'what is looked at is not in the address');
      await page.goBack();
      await details.waitFor({ state: 'detached' });
      await page.goto(`${origin}/console/usage?by=CAPABILITY`);
      await page.getByRole('cell', { name: 'test_simple_text' }).waitFor();
    },
  },
  {
    name: 'people see their own calls and nobody else’s',
    async run({ manager, member, origin }) {
      await member.page.goto(`${origin}/console/interactions?method=tools%2Fcall`);
      await member.page.getByText('test_simple_text').first().waitFor();
      check((await member.page.getByText(manager.name).count()) === 0, 'a member sees the calls of somebody else');
      check((await member.page.getByRole('link', { name: 'Audit' }).count()) === 0, 'a member is offered the audit');
    },
  },
  {
    name: 'an auditor finds who switched a server off, with the values before and after',
    async run({ auditor: { page }, owner, origin }) {
      await page.goto(`${origin}/console/audit?kind=McpServer`);
      await page.getByRole('button', { name: 'Mcp server disable' }).first().click();
      const details = page.getByRole('dialog', { name: 'Mcp server disable' });
      await details.getByText(owner.email).waitFor();
      await details.getByRole('cell', { name: 'enabled' }).waitFor();
      await details.getByText('false').waitFor();
    },
  },
  {
    name: 'the gateways say which revision they enforce',
    async run({ owner: { page }, origin }) {
      await page.goto(`${origin}/console/gateways`);
      await page.getByText('Up to date').first().waitFor();
    },
  },
];
