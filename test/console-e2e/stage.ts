import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { startLaneGateway, type LaneGateway } from '../support/lane-gateway.ts';
import { startFixtureServer } from '../support/upstreams/fixture-server.ts';
import { startOAuthUpstream } from '../support/upstreams/oauth-upstream.ts';
import { TEST_PASSWORD } from '../support/web-sign-in.ts';
import { World } from '../support/world.ts';

type Role = 'OWNER' | 'ADMIN' | 'MEMBER' | 'AUDITOR';

/** Somebody with a browser. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly context: BrowserContext;
  /** A tab in which they are signed in, at the start of the console. */
  readonly page: Page;
}

/** Everything that journeys happen on: real planes, upstreams, and people with browsers. */
export interface Stage {
  readonly gateway: LaneGateway;
  readonly world: World;
  /** The control plane's own, for what no person could put there in time. */
  readonly databaseUrl: string;
  /** Where browsers find the control plane. */
  readonly origin: string;
  /** An upstream that lets everybody in. */
  readonly openUpstream: { readonly url: string };
  /** One with an authorization server and a consent page of its own. */
  readonly protectedUpstream: { readonly url: string; readonly authorizationServer: { readonly issuer: string } };
  readonly owner: Actor;
  readonly manager: Actor;
  readonly member: Actor;
  readonly auditor: Actor;
  /** A browser of somebody else, in which nobody is signed in. Whoever opens it closes it. */
  openBrowser(): Promise<BrowserContext>;
  /** What went wrong in any browser since it was last asked: faults of scripts, and what the page's policy refused. */
  takeFaults(): readonly string[];
  stop(): Promise<void>;
}

/** Where pictures go. */
export const RESULTS = path.resolve('results/console-e2e');

export async function openStage(executablePath: string): Promise<Stage> {
  await mkdir(RESULTS, { recursive: true });
  const [gateway, openUpstream, protectedUpstream, browser] = await Promise.all([
    startLaneGateway({ env: { SLUICE_HEALTH_CHECK_SECONDS: '1', SLUICE_CAPABILITY_REFRESH_SECONDS: '3600' } }),
    startFixtureServer(),
    startOAuthUpstream(),
    chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] }),
  ]);
  const world = await World.create(gateway);
  const faults: string[] = [];
  const openBrowser = async () => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(20_000);
    context.on('page', (page) => watch(page, faults, gateway.issuer, gateway.url));
    return context;
  };
  const enter = (name: string, role: Role, seat?: 'MANAGER' | 'MEMBER') => addActor({ world, openBrowser }, name, role, seat);
  return {
    gateway,
    world,
    databaseUrl: gateway.databaseUrl,
    origin: gateway.issuer,
    openUpstream,
    protectedUpstream,
    owner: await enter('Olga Owner', 'OWNER', 'MANAGER'),
    manager: await enter('Mia Manager', 'MEMBER', 'MANAGER'),
    member: await enter('Max Member', 'MEMBER', 'MEMBER'),
    auditor: await enter('Ada Auditor', 'AUDITOR'),
    openBrowser,
    takeFaults: () => faults.splice(0),
    stop: async () => {
      await browser.close();
      await Promise.all([gateway.stop(), openUpstream.close(), protectedUpstream.close()]);
    },
  };
}

interface Entrance {
  readonly world: World;
  readonly openBrowser: () => Promise<BrowserContext>;
}

/** A person who came in by the one-time link that somebody sent them. */
async function addActor({ world, openBrowser }: Entrance, name: string, role: Role, seat?: 'MANAGER' | 'MEMBER'): Promise<Actor> {
  const email = `${name.toLowerCase().replace(' ', '.')}@example.com`;
  const { user } = await world.api.run<{ user: { id: string } }>(
    `mutation ($input: UserCreateInput!) { userCreate(input: $input) { user { id } snapshotRevision userErrors { code message field } } }`,
    { input: { organizationId: world.organizationId, email, name, role } },
    'userCreate',
  );
  if (seat !== undefined) {
    await world.api.run(
      `mutation ($input: WorkspaceMemberAddInput!) { workspaceMemberAdd(input: $input) { snapshotRevision userErrors { code message field } } }`,
      { input: { workspaceId: world.workspace.id, userIds: [user.id], role: seat } },
      'workspaceMemberAdd',
    );
  }
  const context = await openBrowser();
  const page = await context.newPage();
  await page.goto(await makeLink(world, user.id));
  await page.getByLabel('New password').fill(TEST_PASSWORD);
  await page.getByLabel('The same again').fill(TEST_PASSWORD);
  await page.getByRole('button', { name: 'Set password and sign in' }).click();
  await page.getByRole('button', { name: `Signed in as ${name}` }).waitFor();
  return { id: user.id, name, email, context, page };
}

async function makeLink(world: World, userId: string): Promise<string> {
  const { signInLink } = await world.api.run<{ signInLink: { url: string } }>(
    `mutation ($input: UserSignInLinkCreateInput!) {
      userSignInLinkCreate(input: $input) { signInLink { url } snapshotRevision userErrors { code message field } }
    }`,
    { input: { userId } },
    'userSignInLinkCreate',
  );
  return signInLink.url;
}

/** Pages of upstreams are none of ours; the console calls the gateway when a person tries a tool. */
function watch(page: Page, faults: string[], origin: string, gatewayUrl: string): void {
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    const isPolicy = /content security policy/i.test(message.text());
    if (isPolicy && page.url().startsWith(origin)) faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    const isOwn = request.url().startsWith(origin) || request.url().startsWith(gatewayUrl);
    const isForeign = page.url().startsWith(`${origin}/console/`) && !isOwn && !request.isNavigationRequest();
    if (isForeign && !/^(data|blob):/.test(request.url())) faults.push(`${page.url()} asks another origin: ${request.url()}`);
  });
}
