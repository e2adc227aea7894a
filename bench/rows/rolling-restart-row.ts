import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { makeFolder, type BenchContext, type Row } from '../bench-context.ts';
import { SnapshotPublisher } from '../hub/snapshot-publisher.ts';
import { toCallBody, toHttpRequest } from '../load/http-request.ts';
import { callUntil, type CallsMeanwhile } from '../load/call-until.ts';
import { openSession } from '../load/open-session.ts';
import { sleep, startChild, waitForOutput, type Child } from '../measure/child.ts';
import { findFreePort } from '../measure/free-port.ts';
import { waitUntilReady } from '../measure/readiness.ts';
import { atMost, type Column, type RowReport } from '../report/row-report.ts';
import { startGateway, type Gateway, type GatewaySettings } from '../targets/gateway.ts';
import { startNginx } from '../upstream/nginx.ts';
import { findOnlyKey, SERVER, startRawUpstream, toOnlyPath } from '../upstream/workload-upstreams.ts';

const REPLICAS = 2;

/** Calls a second meanwhile. */
const RATE = 500;

/** How long a replica goes on serving after SIGTERM, in seconds: ten times as long as the balancer takes to notice. */
const SHUTDOWN_DELAY_SECONDS = 1;

/** How long everything runs undisturbed before, between and after the restarts, in milliseconds. */
const CALM_MS = 1_000;

const COLUMNS: readonly Column[] = [
  { key: 'balancer', title: 'balancer' },
  { key: 'restarts', title: 'restarts' },
  { key: 'calls', title: 'calls' },
  { key: 'failures', title: 'failures' },
  { key: 'longestMs', title: 'longest call ms', digits: 1 },
];

type StartBalancer = (folder: string, replicas: readonly GatewaySettings[]) => Promise<{ readonly port: number; readonly child: Child }>;

/** What stands in front of the replicas. */
const BALANCERS: readonly (readonly [string, StartBalancer])[] = [
  ['round robin that asks /readyz', startRoundRobin],
  ['nginx, a connection a call', (folder, replicas) => startNginx(folder, (port) => toNginxBalancer(port, replicas, ''))],
  ['nginx, connections kept open', (folder, replicas) => startNginx(folder, (port) => toNginxBalancer(port, replicas, 'keepalive 32;'))],
];

interface Restarted extends CallsMeanwhile {
  readonly balancer: string;
  readonly restarts: number;
}

export const rollingRestartRow: Row = {
  name: 'rolling-restart',
  title: `${REPLICAS} replicas behind a round robin, restarted one after the other by SIGTERM under ${RATE} calls/s`,
  isQuick: true,
  run: runRollingRestarts,
};

async function runRollingRestarts(context: BenchContext): Promise<RowReport> {
  const results: Restarted[] = [];
  for (const balancer of context.arguments.quick ? BALANCERS.slice(0, 1) : BALANCERS) {
    context.progress(`rolling-restart: ${balancer[0]}`);
    results.push(await restartReplicas(context, ...balancer));
  }
  return {
    name: rollingRestartRow.name,
    title: rollingRestartRow.title,
    columns: COLUMNS,
    lines: results.map((result) => ({ ...result })),
    budgets: results.map(({ balancer, failures }) => atMost(`failed calls across a rolling restart, ${balancer}`, failures, 0, '', 0)),
    notes: [
      'All calls belong to one session, which both replicas serve. The client never retries: whatever does not come back with a status below 400 is a failure.',
      `SLUICE_SHUTDOWN_DELAY_SECONDS=${SHUTDOWN_DELAY_SECONDS}, because the round robin asks every 100 ms; load balancers ask more seldom, and the default is 5.`,
      'The round robin asks every 100 ms and tries the other replica only where a connection was refused, which is before anything was sent.',
      'nginx has no health checks here. It tries the other replica only where a connection was refused, or broken before the request was sent; a POST that was sent is never sent again (proxy_next_upstream without non_idempotent).',
    ],
  };
}

async function restartReplicas(context: BenchContext, name: string, startBalancer: StartBalancer): Promise<Restarted> {
  const folder = await makeFolder(context, `rolling-restart-${randomBytes(4).toString('hex')}`);
  const upstream = await startRawUpstream(`${folder}/upstream`);
  const { hub } = upstream;
  const publisher = new SnapshotPublisher(context.redisUrl, `bench-${randomBytes(4).toString('hex')}`, hub);
  await publisher.publish(hub.documents);
  const shared = { redisUrl: context.redisUrl, gateway: publisher.gateway, hub, dataPlane: context.arguments.dataPlane, isUnplaced: true };
  const settings: GatewaySettings[] = [];
  for (let replica = 0; replica < REPLICAS; replica++) {
    const [port, adminPort] = [await findFreePort(), await findFreePort()];
    settings.push({ ...shared, folder: `${folder}/replica-${replica}`, port, adminPort, shutdownDelaySeconds: SHUTDOWN_DELAY_SECONDS });
  }
  const replicas = await Promise.all(settings.map(startReady));
  const balancer = await startBalancer(`${folder}/balancer`, settings);
  try {
    const [path, key] = [toOnlyPath(hub), findOnlyKey(hub)];
    const session = await openSession(balancer.port, path, key);
    const request = toHttpRequest({ method: 'POST', path, key, session, body: toCallBody(SERVER) });
    const meanwhile = await callUntil(restartAll(replicas, settings), balancer.port, request, RATE);
    return { ...meanwhile, balancer: name, restarts: REPLICAS };
  } finally {
    await balancer.child.stop();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await publisher.close();
    await upstream.stop();
  }
}

async function startReady(settings: GatewaySettings): Promise<Gateway> {
  const gateway = await startGateway(settings);
  await waitUntilReady(gateway.adminPort, gateway.child);
  return gateway;
}

/** The next one goes only when the one before is back. */
async function restartAll(replicas: Gateway[], settings: readonly GatewaySettings[]): Promise<void> {
  for (const [index, own] of settings.entries()) {
    await sleep(CALM_MS);
    await replicas[index]!.stop();
    replicas[index] = await startReady(own);
  }
  await sleep(CALM_MS);
}

async function startRoundRobin(folder: string, replicas: readonly GatewaySettings[]) {
  const entry = path.join(import.meta.dirname, '../targets/run-round-robin.ts');
  const child = startChild([process.execPath, entry, ...replicas.map(({ port, adminPort }) => `${port}:${adminPort}`)], `${folder}.log`);
  const [, port] = await waitForOutput(child, /listening (\d+)/);
  return { port: Number(port), child };
}

/** It asks each replica anew, so that one refused connection does not take a replica out while the other restarts. */
function toNginxBalancer(port: number, replicas: readonly GatewaySettings[], keepAlive: string): string {
  const servers = replicas.map((replica) => `    server 127.0.0.1:${replica.port} max_fails=0;`);
  return `  upstream replicas {
${servers.join('\n')}
    ${keepAlive}
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://replicas; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host 127.0.0.1;
      proxy_buffering off; proxy_next_upstream error timeout;
    }
  }`;
}
