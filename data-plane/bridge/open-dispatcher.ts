import type { KeyRing } from '../../contract/key-ring.ts';
import { SseBridge } from '../legacy/sse-bridge.ts';
import type { Revocable } from '../access/revocation.ts';
import type { SessionIds } from '../mcp/session-id.ts';
import type { PeerRelay } from '../peers/peer-relay.ts';
import type { SharedEndings } from '../upstream/ended-sessions.ts';
import { EraProbe } from '../upstream/era-probe.ts';
import { EraVerdicts } from '../upstream/era-verdicts.ts';
import { Forwarder } from '../upstream/forwarder.ts';
import type { ListChanges } from '../upstream/list-changes.ts';
import type { StreamHeartbeat } from '../upstream/stream-heartbeat.ts';
import type { UpstreamPools } from '../upstream/upstream-pools.ts';
import type { BridgeLimits } from './bridge-limits.ts';
import { CallDispatcher } from './call-dispatcher.ts';
import { DownBridge } from './down/down-bridge.ts';
import { UpBridge } from './up/up-bridge.ts';

/** What serving calls needs of the process. */
export interface DispatcherParts {
  readonly pools: UpstreamPools;
  readonly sessions: SessionIds;
  readonly heartbeat: StreamHeartbeat;
  readonly keyRing: KeyRing;
  readonly peers: PeerRelay;
  /** How long an upstream may take until its head arrives, in milliseconds. */
  readonly headTimeoutMs: number;
  /** How many streams a process carries at once. */
  readonly maxStreams: number;
  readonly limits: BridgeLimits;
  readonly endings: SharedEndings;
  readonly listChanges: ListChanges;
}

/** The dispatcher of a process with everything that it hands calls to. */
export interface OpenDispatcher {
  readonly dispatcher: CallDispatcher;
  /** What bridges keep for callers. */
  readonly revocables: readonly Revocable[];
  /** How many sessions the bridges keep, by what they bridge. */
  sessionCounts(): Readonly<Record<'up' | 'down' | 'sse', number>>;
  /** How many bridged calls wait for their clients. */
  parkedCount(): number;
  /** Ends what the bridges keep. */
  close(): Promise<void>;
}

/** Wires pass-through and bridges. */
export function openDispatcher(parts: DispatcherParts): OpenDispatcher {
  const { pools, peers, headTimeoutMs } = parts;
  const verdicts = new EraVerdicts();
  const bridgeParts = { ...parts, verdicts, processId: peers.ownId };
  const [up, down, sse] = [new UpBridge(bridgeParts), new DownBridge(bridgeParts), new SseBridge(bridgeParts)];
  const probe = new EraProbe({ pools, verdicts, headTimeoutMs });
  const dispatcher = new CallDispatcher({ forwarder: new Forwarder(parts), up, down, sse, peers, verdicts, probe });
  return {
    dispatcher,
    revocables: [down, sse],
    sessionCounts: () => ({ up: up.sessionCount, down: down.sessionCount, sse: sse.sessionCount }),
    parkedCount: () => down.parkedCount + up.parkedCount,
    async close() {
      await Promise.all([up.close(), down.close(), sse.close()]);
    },
  };
}
