import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientStore, connectByUrl } from '../../support/url-client.ts';
import { check, until, type Journey } from '../journey.ts';

/** What a person allowed a client, and takes back. */
export const clientJourneys: readonly Journey[] = [
  {
    name: 'a client that knows the URL alone is allowed in the browser, works, and is refused once that is taken back',
    async run({ member: { page }, origin, world }) {
      const url = `${world.gateway.url}/${world.workspace.slug}/open-tools/mcp`;
      const waiting = createServer((_request, response) => void response.end('Go back to the client.'));
      waiting.listen(0, '127.0.0.1').unref();
      await once(waiting, 'listening');
      const redirectUrl = `http://127.0.0.1:${(waiting.address() as AddressInfo).port}/callback`;
      const store = new ClientStore(redirectUrl);
      const client = await connectByUrl(url, store, {
        authorize: async (address) => {
          const back = once(waiting, 'request');
          await page.goto(address);
          await page.getByRole('button', { name: 'Allow', exact: true }).click();
          const [request] = (await back) as [IncomingMessage];
          return new URL(request.url ?? '', redirectUrl);
        },
      });
      check((await client.listTools()).tools.length > 0, 'the client that was allowed sees no tool');
      await page.goto(`${origin}/console/clients`);
      await page.getByRole('cell', { name: /^URL client/ }).waitFor();
      await page.getByRole('button', { name: /^Take back what URL client may do/ }).click();
      await page
        .getByRole('dialog')
        .getByText(/It is refused at .* from then on/)
        .waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
      await page.getByText('You allowed no client yet').waitFor();
      // Neither the token that it has nor the one with which it renews it is good any longer.
      store.authorizationUrl = undefined;
      await until('the refusal of the client', async () => {
        await client.listTools().catch(() => undefined);
        return store.authorizationUrl !== undefined;
      });
      await client.close();
      waiting.close();
      waiting.closeAllConnections();
    },
  },
];
