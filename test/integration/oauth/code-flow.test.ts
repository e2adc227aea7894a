import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessTokenClaimsSchema } from '../../../contract/access-token.ts';
import { ApiClient } from '../../support/api-client.ts';
import type { Browser } from '../../support/browser.ts';
import { startTestControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import { HubWorld } from '../../support/hub-world.ts';
import { isCallback, OauthClient, toCode } from '../../support/oauth-client.ts';
import { parsePage } from '../../support/page-parser.ts';
import { openSignedInBrowser } from '../../support/web-sign-in.ts';

let plane: TestControlPlane;
let world: HubWorld;
let resource: string;
let workspaceId: string;
let browser: Browser;
let person: { id: string };

beforeAll(async () => {
  plane = await startTestControlPlane();
  world = await HubWorld.create(plane);
  const workspace = await world.addWorkspace();
  workspaceId = workspace.id;
  const server = await world.addServer();
  resource = (await world.grant(workspace.id, server.id)).url;
  person = await world.addPerson('MEMBER', { workspaceId, role: 'MEMBER' });
  browser = await signIn(person.id);
});
afterAll(() => plane.stop());

function signIn(userId: string): Promise<Browser> {
  return openSignedInBrowser(new ApiClient(plane.url, plane.adminKey), plane.publicUrl, userId);
}

describe('a person allows a client', () => {
  it('asks once, and gives a token for exactly this server', async () => {
    const client = await OauthClient.register(plane.publicUrl, { client_name: 'Notes <b>app</b>' });
    const asked = await client.open(browser, { resource, scope: 'mcp offline_access' });
    const { heading, text } = parsePage(asked.text);
    expect(heading).toContain('Notes <b>app</b>');
    expect(text).toContain('a program on this computer (127.0.0.1:7)');
    expect(text).toContain(resource);
    const back = await browser.press(asked, 'Allow', {}, { stopAt: isCallback });
    expect(back.url.searchParams.get('iss')).toBe(plane.publicUrl);
    expect(back.url.searchParams.get('state')).toBe('state-1');
    const answer = await client.redeem(toCode(back), { resource });
    const keys = createRemoteJWKSet(new URL(`${plane.publicUrl}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(answer.access_token!, keys, { issuer: plane.publicUrl, audience: resource });
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(AccessTokenClaimsSchema.parse(payload)).toMatchObject({
      sub: person.id,
      aud: resource,
      scope: 'mcp',
      client_id: client.clientId,
    });
    const again = await client.open(browser, { resource });
    expect(isCallback(again.url)).toBe(true);
    const refreshed = await client.refresh(answer.refresh_token!, { resource, scope: 'mcp offline_access' });
    expect(refreshed.status).toBe(200);
    expect(refreshed.refresh_token).not.toBe(answer.refresh_token);
  });
});
