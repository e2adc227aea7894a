import { Client } from 'pg';
import { ApiClient } from './api-client.ts';
import type { Browser } from './browser.ts';
import type { TestControlPlane } from './control-plane.ts';
import { HubWorld } from './hub-world.ts';
import { openSignedInBrowser } from './web-sign-in.ts';

/** An organization of its own with one server in one workspace, and a member of it who is signed in with a browser. */
export interface OauthWorld {
  readonly plane: TestControlPlane;
  readonly hub: HubWorld;
  readonly issuer: string;
  readonly workspaceId: string;
  readonly person: { readonly id: string; readonly key: string };
  readonly browser: Browser;
  /** The server's URL, for which tokens are asked. */
  readonly resource: string;
  /** One more server of the workspace, by its URL. */
  addServer(): Promise<string>;
  /** One more member of the workspace. */
  addMember(): Promise<{ readonly id: string; readonly key: string; readonly browser: Browser }>;
  /** What time or an operator would do. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

export async function createOauthWorld(plane: TestControlPlane): Promise<OauthWorld> {
  const hub = await HubWorld.create(plane);
  const { id: workspaceId } = await hub.addWorkspace();
  const addServer = async () => (await hub.grant(workspaceId, (await hub.addServer()).id)).url;
  const addMember = async () => {
    const member = await hub.addPerson('MEMBER', { workspaceId, role: 'MEMBER' });
    const browser = await openSignedInBrowser(new ApiClient(plane.url, plane.adminKey), plane.publicUrl, member.id);
    return { ...member, browser };
  };
  const { browser, ...person } = await addMember();
  return {
    plane,
    hub,
    issuer: plane.publicUrl,
    workspaceId,
    person,
    browser,
    resource: await addServer(),
    addServer,
    addMember,
    async query(sql, values = []) {
      const client = new Client(plane.databaseUrl);
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(sql, [...values]);
      await client.end();
      return rows;
    },
  };
}
