import type { SnapshotDocument, WorkspaceDocument } from '../../contract/snapshot.ts';
import { makeFolder, type BenchContext } from '../bench-context.ts';
import { toPath } from '../hub/hub.ts';
import { toCallBody, toHttpRequest } from '../load/http-request.ts';
import { openSession } from '../load/open-session.ts';
import { runWrk, writeRequests } from '../load/wrk.ts';
import { findTarget, openStage, type Stage } from '../stage.ts';
import type { Gateway } from '../targets/gateway.ts';
import { startManyUpstreams, type HubSize } from '../upstream/many-upstreams.ts';

/** A gateway with a hub of some size under calls of one caller. */
export interface SnapshotStage {
  readonly stage: Stage;
  readonly gateway: Gateway;
  readonly port: number;
  readonly requests: readonly Buffer[];
  /** Every document of the hub, as published. */
  readonly documents: readonly SnapshotDocument[];
  close(): Promise<void>;
}

/** How long the gateway is used before anything is measured, in seconds. */
const WARM_UP_SECONDS = 3;

/** Starts everything and warms the gateway up. */
export async function openSnapshotStage(context: BenchContext, name: string, size: HubSize): Promise<SnapshotStage> {
  const folder = await makeFolder(context, name);
  const upstream = await startManyUpstreams(`${folder}/upstream`, size);
  const { hub, port: upstreamPort, routes } = upstream;
  const stage = await openStage(context, { name, hub, upstreamPort, routes, targets: ['sluice'] });
  const { port } = findTarget(stage, 'sluice');
  const workspace = hub.workspaces[0]!;
  const [path, key] = [toPath(workspace, workspace.servers[0]!), workspace.keys[0]!];
  const session = await openSession(port, path, key);
  const requests = [toHttpRequest({ method: 'POST', path, key, session, body: toCallBody('records') })];
  await writeRequests(`${folder}/requests`, requests);
  await runWrk(port, `${folder}/requests`, context.arguments.connections, WARM_UP_SECONDS);
  const close = async () => {
    await stage.close();
    await upstream.stop();
  };
  return { stage, gateway: stage.gateway!, port, requests, documents: hub.documents, close };
}

/** A workspace with something changed that decides no call of the benchmark: one member more. */
export function toChangedWorkspace(document: SnapshotDocument, change: number): WorkspaceDocument {
  if (document.kind !== 'workspace') throw new Error(`A ${document.kind} document is no workspace.`);
  return { ...document, members: [...document.members, { userId: `usr_change${change}`, role: 'MEMBER' }] };
}
