import { createHash } from 'node:crypto';
import { GatewayReportSchema, REPORT_EXPIRY_MS } from '../../contract/gateway-report.ts';

/** How long it is not asked again who lives, in milliseconds. */
const FRESH_MS = 2_000;

/** The processes of a gateway that live and can be reached, by their reports. */
export class LivingPeers {
  readonly #readReports: () => Promise<Readonly<Record<string, string>>>;
  #ids: readonly string[] = [];
  #readAtMs = -Infinity;
  #reading: Promise<void> | undefined;

  /** @param readReports the reports of all processes by their ids, as they stand in Redis. Rejects while Redis is away. */
  constructor(readReports: () => Promise<Readonly<Record<string, string>>>) {
    this.#readReports = readReports;
  }

  /** Their ids. While Redis is away, those known last: processes do not end because Redis does. */
  async list(nowMs: number): Promise<readonly string[]> {
    if (nowMs - this.#readAtMs >= FRESH_MS) this.#reading ??= this.#read(nowMs).finally(() => (this.#reading = undefined));
    if (this.#reading !== undefined) await this.#reading;
    return this.#ids;
  }

  async #read(nowMs: number): Promise<void> {
    this.#readAtMs = nowMs;
    try {
      const reports = await this.#readReports();
      this.#ids = Object.keys(reports).filter((id) => isAlive(reports[id]!, nowMs));
    } catch {
      // Redis is away; whoever reads the snapshot reports that.
    }
  }
}

/**
 * The process that something belongs to, the same from wherever it is asked (rendezvous hashing): when a process comes or goes, only what is
 * its own moves.
 */
export function chooseOwner(key: string, processIds: readonly string[]): string | undefined {
  const score = (id: string) => createHash('sha256').update(`${id}\n${key}`).digest('hex');
  return processIds.map((id) => ({ id, score: score(id) })).toSorted((a, b) => (a.score < b.score ? 1 : -1))[0]?.id;
}

function isAlive(report: string, nowMs: number): boolean {
  const parsed = GatewayReportSchema.safeParse(JSON.parse(report));
  return parsed.success && parsed.data.peerUrl !== undefined && nowMs - parsed.data.reportedAtMs <= REPORT_EXPIRY_MS;
}
