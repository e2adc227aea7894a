// `npm run refresh-storm`: many calls at once over two data planes at the moment at which the upstream takes back a rotating token; then the
// same with the control plane killed in the middle of the refresh and started again. Fails where a call fails, or where more refreshes reach
// the upstream than have to. An argument sets how many calls: `npm run refresh-storm -- 1000`.
import { ApiClient } from '../support/api-client.ts';
import { startLaneGateway } from '../support/lane-gateway.ts';
import { openSession, sendMcp } from '../support/mcp-request.ts';
import { connectByConsent } from '../support/upstream-consent.ts';
import { startOAuthUpstream } from '../support/upstreams/oauth-upstream.ts';
import { openSignedInBrowser } from '../support/web-sign-in.ts';
import { World } from '../support/world.ts';

const CALLS = Number(process.argv[2] ?? 1_000);

const [gateway, upstream] = await Promise.all([startLaneGateway({ replicas: 2 }), startOAuthUpstream({ rotation: true, eras: 'legacy' })]);
const { authorizationServer } = upstream;
const world = await World.create(gateway);
const server = await world.addServer({ upstreamUrl: upstream.url, authentication: 'OAUTH', granularity: 'USER' });
const person = await world.addPerson();
const key = await world.addKey({ person, scopes: ['MCP', 'API_READ', 'API_WRITE'] });
await connect();
const session = await openSession(server.url, key.plain);

const quiet = await storm('the token is taken back', async () => undefined);
authorizationServer.setGrace(true);
const interrupted = await storm('the control plane is killed in the middle of the refresh', async () => {
  gateway.controlPlane.kill('SIGKILL');
  await gateway.controlPlane.exited;
  await gateway.startControlPlane();
});
await Promise.all([gateway.stop(), upstream.close()]);
// The interrupted refresh reached the upstream and its answer nobody: it has to be asked for again, with the same refresh token.
process.exitCode = quiet.failed + interrupted.failed === 0 && quiet.refreshes === 1 && interrupted.refreshes <= 2 ? 0 : 1;

async function connect(): Promise<void> {
  await world.enforced();
  const own = new ApiClient(gateway.controlPlaneUrl, key.plain);
  const { authorizationUrl } = await own.run<{ authorizationUrl: string }>(
    `mutation ($server: ID!, $subject: ID!) {
      connectionAuthorize(mcpServerId: $server, subjectId: $subject) { authorizationUrl userErrors { code message field } }
    }`,
    { server: server.id, subject: person.id },
    'connectionAuthorize',
  );
  const browser = await openSignedInBrowser(world.api, gateway.issuer, person.id);
  await connectByConsent(browser, gateway.issuer, authorizationUrl);
  await world.addKey(); // the next revision, by which it can be waited for
  await world.enforced();
}

async function call(url: string): Promise<string> {
  const answer = await sendMcp(url, { key: key.plain, session, body: { jsonrpc: '2.0', id: 1, method: 'ping' } });
  return answer.status === 200 && answer.message().result !== undefined ? 'ok' : `${answer.status} ${answer.body.toString()}`;
}

async function storm(name: string, onRefresh: () => Promise<void>) {
  const urls = gateway.replicas.map((replica) => replica.url + server.path);
  for (const url of urls) if ((await call(url)) !== 'ok') throw new Error(`It does not even work before: ${await call(url)}`);
  authorizationServer.expireAccessTokens();
  let hasBegun = false;
  let recovery = Promise.resolve();
  authorizationServer.beforeTokenAnswer(async () => {
    if (hasBegun) return;
    hasBegun = true;
    recovery = onRefresh();
  });
  const before = authorizationServer.tokenRequests.length;
  const startedAtMs = Date.now();
  const outcomes = await Promise.all(Array.from({ length: CALLS }, (_, i) => call(urls[i % urls.length]!)));
  const seconds = (Date.now() - startedAtMs) / 1_000;
  await recovery;
  const failures = outcomes.filter((outcome) => outcome !== 'ok');
  const refreshes = authorizationServer.tokenRequests.length - before;
  const counts = `${CALLS} calls, ${failures.length} failed, ${refreshes} refreshes at the upstream, ${seconds.toFixed(1)} s`;
  process.stdout.write(`${name}: ${counts}\n`);
  for (const failure of new Set(failures)) process.stdout.write(`  ${failure}\n`);
  return { failed: failures.length, refreshes };
}
