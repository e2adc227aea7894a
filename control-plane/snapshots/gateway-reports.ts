import { GatewayReportSchema, REPORT_EXPIRY_MS, type GatewayReport } from '../../contract/gateway-report.ts';
import type { RedisKeys } from '../../contract/redis-keys.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { RedisClient } from './open-redis.ts';
import { parseJson } from './parse-json.ts';

/** A report that stayed the same for this long is removed from Redis. */
const FORGET_MS = 60_000;

/** When a process's present report was first seen here. */
interface Observation {
  readonly reportedAtMs: number;
  readonly observedAtMs: number;
  /** Whether an earlier report was seen before it, which proves that the process lives whatever its clock says. */
  readonly isRenewed: boolean;
}

/**
 * What the data-plane processes say of themselves. Whether one still lives is judged by this machine's clock: by when its report was
 * last seen to change. A process whose clock is wrong must not drop out, or a revision would count as enforced that it does not run.
 */
export class GatewayReports {
  readonly #redis: RedisClient;
  readonly #key: string;
  readonly #clock: Clock;
  #observations: ReadonlyMap<string, Observation> = new Map();

  constructor(redis: RedisClient, keys: RedisKeys, clock: Clock) {
    this.#redis = redis;
    this.#key = keys.gateways();
    this.#clock = clock;
  }

  /** The processes that live, by id. */
  async listLive(): Promise<readonly GatewayReport[]> {
    const reports = await this.#observe();
    return reports.filter((report) => this.#isLive(report.id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The highest revision that any process says it runs, or -1. */
  async readHighestRevision(): Promise<number> {
    return (await this.#observe()).reduce((highest, { revision }) => Math.max(highest, revision ?? -1), -1);
  }

  /** Looks again, so that it is known who still reports, and removes what processes left behind that ended without a goodbye. */
  async refresh(): Promise<void> {
    await this.#observe();
    const nowMs = this.#clock.nowMs();
    const gone = [...this.#observations].filter(([, { observedAtMs }]) => nowMs - observedAtMs > FORGET_MS).map(([id]) => id);
    if (gone.length > 0) await this.#redis.hdel(this.#key, ...gone);
  }

  async #observe(): Promise<GatewayReport[]> {
    const reports = Object.values(await this.#redis.hgetall(this.#key)).flatMap(parseReport);
    const nowMs = this.#clock.nowMs();
    this.#observations = new Map(reports.map((report) => [report.id, toObservation(this.#observations.get(report.id), report, nowMs)]));
    return reports;
  }

  #isLive(id: string): boolean {
    const observation = this.#observations.get(id);
    if (observation === undefined) return false;
    const { reportedAtMs, observedAtMs, isRenewed } = observation;
    const silentMs = this.#clock.nowMs() - (isRenewed ? observedAtMs : Math.min(reportedAtMs, observedAtMs));
    return silentMs <= REPORT_EXPIRY_MS;
  }
}

function toObservation(before: Observation | undefined, { reportedAtMs }: GatewayReport, nowMs: number): Observation {
  if (before?.reportedAtMs === reportedAtMs) return before;
  return { reportedAtMs, observedAtMs: nowMs, isRenewed: before !== undefined };
}

/** A report that cannot be read is of another version; there is nothing to be said of that process. */
function parseReport(text: string): GatewayReport[] {
  const parsed = GatewayReportSchema.safeParse(parseJson(text));
  return parsed.success ? [parsed.data] : [];
}
