import type { KeyRing } from '../contract/key-ring.ts';
import type { Clock } from '../foundation/clock.ts';
import type { HiddenAnswers } from './access/hidden-answers.ts';
import type { CallDispatcher } from './bridge/call-dispatcher.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import type { CallerForwarding } from './identity/caller-forwarding.ts';
import type { SessionIds } from './mcp/session-id.ts';
import type { Authenticator } from './request/authenticate.ts';
import type { PeerPolicy } from './request/check-peer.ts';
import type { RoutingTable } from './snapshot/routing-table.ts';
import type { Reporter } from './telemetry/reporter.ts';
import type { CircuitBreakers } from './upstream/circuit-breaker.ts';
import type { Credentials } from './upstream/credentials.ts';
import type { WellKnown } from './well-known/well-known.ts';

/** What the steps of a request work with. */
export interface Gateway {
  readonly clock: Clock;
  readonly keyRing: KeyRing;
  /** The routing table in force, or undefined before the first snapshot. Taken once a request. */
  readonly currentTable: () => RoutingTable | undefined;
  readonly peers: PeerPolicy;
  readonly wellKnown: WellKnown;
  readonly authenticator: Authenticator;
  readonly hiding: HiddenAnswers;
  readonly limiter: RateLimiter;
  readonly credentials: Credentials;
  readonly forwarding: CallerForwarding;
  readonly sessions: SessionIds;
  readonly breakers: CircuitBreakers;
  readonly dispatcher: CallDispatcher;
  readonly reporter: Reporter;
}
