// `npm run refresh-storm`: many calls at once over two data planes at the moment at which a rotating token is worth nothing any longer, and
// the same with the control plane killed at each point of the refresh. Fails where a call fails, or where more refreshes reach the upstream
// than have to. An argument sets how many calls: `npm run refresh-storm -- 1000`.
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.ts';
import { startLaneGateway } from '../support/lane-gateway.ts';
import { openSession, sendMcp } from '../support/mcp-request.ts';
import { connectByConsent } from '../support/upstream-consent.ts';
import { startOAuthUpstream, type OAuthUpstream } from '../support/upstreams/oauth-upstream.ts';
import { openSignedInBrowser } from '../support/web-sign-in.ts';
import { World, type Server } from '../support/world.ts';

const CALLS = Number(process.argv[2] ?? 1_000);
/** Of tokens that expire by themselves. */
const SHORT_LIFETIME_SECONDS = 6;

/** An upstream that a person has just connected, with a session of theirs. */
interface Scene {
  readonly upstream: OAuthUpstream;
  readonly server: Server;
  readonly session: string;
}

/** What came of a storm. */
interface Outcome {
  /** How many calls were answered alike. */
  readonly answers: ReadonlyMap<string, number>;
  /** Requests for a further token that the upstream carried out. */
  readonly refreshes: number;
}

interface Storm {
  readonly name: string;
  readonly lifetimeSeconds?: number;
  /** Brings about that the token is worth nothing, and what happens meanwhile. */
  readonly prepare: (scene: Scene) => Promise<void> | void;
  /** What is wrong with the outcome, or undefined. */
  readonly judge: (outcome: Outcome, scene: Scene) => Promise<string | undefined> | string | undefined;
}

const gateway = await startLaneGateway({ replicas: 2 });
const world = await World.create(gateway);
const person = await world.addPerson();
const key = await world.addKey({ person, scopes: ['MCP', 'API_READ', 'API_WRITE'] });
let { controlPlane } = gateway;
/** Until another control plane has taken the place of one that was killed. */
let recovery: Promise<void> = Promise.resolve();

const STORMS: readonly Storm[] = [
  {
    name: 'the upstream takes the token back',
    prepare: ({ upstream }) => upstream.authorizationServer.expireAccessTokens(),
    judge: expectRefreshes(1),
  },
  {
    name: 'the token expires while there is no control plane, and one comes back',
    lifetimeSeconds: SHORT_LIFETIME_SECONDS,
    prepare: async () => {
      await killControlPlane();
      await delay(SHORT_LIFETIME_SECONDS * 1_000);
      replaceControlPlane();
    },
    judge: expectRefreshes(1),
  },
  {
    name: 'the control plane is killed before the upstream has its request',
    prepare: ({ upstream: { authorizationServer } }) => {
      const loseFirst = onFirst(killAndReplace);
      authorizationServer.beforeTokenRequest(async () => ((await loseFirst()) ? 'lose' : 'let through'));
      authorizationServer.expireAccessTokens();
    },
    judge: expectRefreshes(1),
  },
  {
    // The first answer reached nobody: it has to be asked for again, with the same refresh token.
    name: 'the control plane is killed before it has the answer, and the upstream forgives a second use',
    prepare: ({ upstream: { authorizationServer } }) => {
      const killFirst = onFirst(killAndReplace);
      authorizationServer.setGrace(true);
      authorizationServer.beforeTokenAnswer(async () => void (await killFirst()));
      authorizationServer.expireAccessTokens();
    },
    judge: expectRefreshes(2),
  },
  {
    name: 'the control plane is killed before it has the answer, and the upstream forgives nothing: whoever calls is told',
    prepare: ({ upstream: { authorizationServer } }) => {
      const killFirst = onFirst(killAndReplace);
      authorizationServer.beforeTokenAnswer(async () => void (await killFirst()));
      authorizationServer.expireAccessTokens();
    },
    judge: findDishonesty,
  },
];

const count = { passed: 0, failed: 0 };
for (const storm of STORMS) {
  const scene = await connect(storm.lifetimeSeconds);
  const outcome = await run(storm, scene);
  const fault = await storm.judge(outcome, scene);
  await scene.upstream.close();
  const missing = CALLS - (outcome.answers.get('ok') ?? 0);
  const counts = `${CALLS} calls, ${missing} without a result, ${outcome.refreshes} refreshes at the upstream`;
  process.stdout.write(`${fault === undefined ? '✓' : '✗'} ${storm.name}: ${counts}\n`);
  if (fault !== undefined) process.stdout.write(`    ${fault}\n`);
  count[fault === undefined ? 'passed' : 'failed'] += 1;
}
await gateway.stop();
process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed, 0 skipped\n`);
process.exitCode = count.failed === 0 ? 0 : 1;

async function connect(accessTokenSeconds?: number): Promise<Scene> {
  const upstream = await startOAuthUpstream({
    rotation: true,
    eras: 'legacy',
    ...(accessTokenSeconds !== undefined && { accessTokenSeconds }),
  });
  // Each storm may have another control plane, which has another port.
  const here = world.through(gateway.issuer);
  const server = await here.addServer({ upstreamUrl: upstream.url, authentication: 'OAUTH', granularity: 'USER' });
  const browser = await openSignedInBrowser(here.api, gateway.issuer, person.id);
  const { authorizationUrl } = await ownApi().run<{ authorizationUrl: string }>(
    `mutation ($server: ID!, $subject: ID!) {
      connectionAuthorize(mcpServerId: $server, subjectId: $subject) { authorizationUrl userErrors { code message field } }
    }`,
    { server: server.id, subject: person.id },
    'connectionAuthorize',
  );
  await connectByConsent(browser, gateway.issuer, authorizationUrl);
  await here.addKey(); // the next revision, by which it can be waited for
  await here.enforced();
  return { upstream, server, session: await openSession(server.url, key.plain) };
}

async function run({ prepare }: Storm, scene: Scene): Promise<Outcome> {
  const { authorizationServer } = scene.upstream;
  const urls = gateway.replicas.map((replica) => replica.url + scene.server.path);
  for (const url of urls) {
    const answer = await call(url, scene);
    if (answer !== 'ok') throw new Error(`It does not even work before: ${answer}`);
  }
  recovery = Promise.resolve();
  const before = authorizationServer.tokenRequests.length;
  await prepare(scene);
  const all = await Promise.all(Array.from({ length: CALLS }, (_, i) => call(urls[i % urls.length]!, scene)));
  await recovery;
  const answers = new Map<string, number>();
  for (const answer of all) answers.set(answer, (answers.get(answer) ?? 0) + 1);
  return { answers, refreshes: authorizationServer.tokenRequests.length - before };
}

async function call(url: string, { session }: Scene): Promise<string> {
  const answer = await sendMcp(url, { key: key.plain, session, body: { jsonrpc: '2.0', id: 1, method: 'ping' } });
  return answer.status === 200 && answer.message().result !== undefined ? 'ok' : `${answer.status} ${answer.body.toString()}`;
}

function ownApi(): ApiClient {
  return new ApiClient(gateway.issuer, key.plain);
}

async function killControlPlane(): Promise<void> {
  controlPlane.kill('SIGKILL');
  await controlPlane.exited;
}

function replaceControlPlane(): void {
  recovery = gateway.startControlPlane().then((started) => void (controlPlane = started));
}

async function killAndReplace(): Promise<void> {
  await killControlPlane();
  replaceControlPlane();
}

/** Does the work once, and says whether this was the time. */
function onFirst(work: () => Promise<void>): () => Promise<boolean> {
  let isOver = false;
  return async () => {
    if (isOver) return false;
    isOver = true;
    await work();
    return true;
  };
}

function expectRefreshes(wanted: number): Storm['judge'] {
  return ({ answers, refreshes }) => {
    const failures = [...answers.keys()].filter((answer) => answer !== 'ok');
    if (failures.length > 0) return `calls fail: ${failures.join(' / ').slice(0, 1_000)}`;
    return refreshes === wanted ? undefined : `expected are ${wanted} refreshes`;
  };
}

/** Nobody has the refresh token any longer. Every answer has the link to connect again, and the connection says what happened. */
async function findDishonesty({ answers }: Outcome, { server }: Scene): Promise<string | undefined> {
  const others = [...answers.keys()].filter((answer) => !answer.includes(`/connect/${world.workspace.slug}/${server.slug}`));
  if (others.length > 0) return `calls end otherwise: ${others.join(' / ').slice(0, 1_000)}`;
  const { state, reason } = await ownApi().run<{ state: string; reason: string | null }>(
    `query ($server: ID!, $subject: ID!) { connectionBySubject(mcpServerId: $server, subjectId: $subject) { state reason } }`,
    { server: server.id, subject: person.id },
    'connectionBySubject',
  );
  return state === 'NEEDS_AUTHORIZATION' && reason?.includes('interrupted') === true
    ? undefined
    : `the connection says ${state}: ${reason}`;
}
