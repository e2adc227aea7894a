import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KeyRing } from '../../../contract/key-ring.ts';
import { systemClock } from '../../../foundation/clock.ts';
import { err } from '../../../foundation/result.ts';
import { openLogger } from '../../../foundation/logger.ts';
import { openDatabase } from '../../../control-plane/database/open-database.ts';
import { openOauth, type Oauth } from '../../../control-plane/oauth/index.ts';
import { postgresOutbox } from '../../../control-plane/snapshots/index.ts';
import { Browser } from '../../support/browser.ts';
import { OauthClient } from '../../support/oauth-client.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const CLIENT = 'https://client.example/metadata.json';
const GATEWAY_URL = 'http://gateway.test';
const RESOURCE = `${GATEWAY_URL}/team/notes/mcp`;

/** The authorization server with a web of its own: a document that nobody else serves. */
async function open(hasClientDocuments: boolean) {
  const fetched: string[] = [];
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const oauth = await openOauth({
    em: orm.em,
    clock: systemClock,
    outbox: postgresOutbox,
    keyRing,
    controlPlaneUrl: issuer,
    gatewayUrl: GATEWAY_URL,
    hasClientDocuments,
    fetch: async (input) => {
      fetched.push(input instanceof Request ? input.url : input.toString());
      const document = { client_id: CLIENT, client_name: 'By document', redirect_uris: ['http://localhost/callback'] };
      return new Response(JSON.stringify(document), { headers: { 'content-type': 'application/json' } });
    },
    sessions: { find: async () => undefined },
    upstream: {
      findNeed: async () => ({ kind: 'none' }),
      findScopes: async () => [],
      start: async () => err({ message: 'there is no upstream' }),
    },
    untilEnforced: async () => {},
    logger: openLogger({ service: 'control-plane', level: 'silent' }),
  });
  opened.push({ server, oauth });
  const [first, second] = oauth.handlers;
  server.on('request', (req, res) => void first!(req, res, () => void second!(req, res, () => res.writeHead(404).end())));
  return { issuer, fetched };
}

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let orm: MikroORM;
const keyRing = KeyRing.parse(`test:${randomBytes(32).toString('base64')}`);
const opened: { server: Server; oauth: Oauth }[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase(database.url);
  const now = 'now(), now()';
  await orm.em.fork().execute(`
    INSERT INTO organizations (id, slug, name, created_at, updated_at) VALUES ('org_1', 'acme', 'Acme', ${now});
    INSERT INTO workspaces (id, organization_id, slug, name, created_at, updated_at) VALUES ('ws_1', 'org_1', 'team', 'Team', ${now});
    INSERT INTO mcp_servers (id, organization_id, slug, name, url, canonical_url, transport, authentication, granularity, enabled, max_request_bytes, created_at, updated_at)
      VALUES ('mcps_1', 'org_1', 'notes', 'Notes', 'https://n.example/', 'https://n.example/', 'STREAMABLE_HTTP', 'NONE', 'USER', true, 1, ${now});
    INSERT INTO access_grants (id, workspace_id, mcp_server_id, enabled, default_user_access, created_at, updated_at)
      VALUES ('grant_1', 'ws_1', 'mcps_1', true, 'ALLOW', ${now})`);
});
afterAll(async () => {
  for (const { server, oauth } of opened) {
    await oauth.stop();
    server.close();
    server.closeAllConnections();
  }
  await orm.close();
  await database.drop();
});

it('a client is known by its document, with any loopback port, and the document is fetched once', async () => {
  const { issuer, fetched } = await open(true);
  const client = new OauthClient(issuer, CLIENT);
  for (const port of [41_001, 41_002]) {
    const page = await new Browser().open(client.authorizeUrl({ resource: RESOURCE, redirectUri: `http://localhost:${port}/callback` }));
    // Nobody is signed in; that page is not part of this server.
    expect([page.url.pathname, page.url.searchParams.get('organization')]).toEqual(['/sign-in', 'acme']);
  }
  expect(fetched).toEqual([CLIENT]);
});

it('names are not fetched where the setting is off', async () => {
  const { issuer, fetched } = await open(false);
  const metadata = (await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json()) as object;
  expect(metadata).not.toHaveProperty('client_id_metadata_document_supported');
  const page = await new Browser().open(new OauthClient(issuer, CLIENT).authorizeUrl({ resource: RESOURCE }));
  expect(page.status).toBe(400);
  expect(fetched).toEqual([]);
});
