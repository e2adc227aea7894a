import { GatewayReportSchema, REPORT_EXPIRY_MS } from '../../contract/gateway-report.ts';

/** Where another process is. `unknown`: it cannot be found out at the moment. */
export type PeerAddress = { readonly kind: 'found'; readonly url: string } | { readonly kind: 'gone' } | { readonly kind: 'unknown' };

/** How long an address is used again without asking, in milliseconds. */
const FRESH_MS = 2_000;

/** How many addresses are remembered: far more than a gateway has processes. */
const MAX_REMEMBERED = 1_000;

interface Remembered {
  readonly address: PeerAddress;
  readonly readAtMs: number;
}

/** Finds other processes by their reports. */
export class PeerDirectory {
  readonly #readReport: (processId: string) => Promise<string | null>;
  readonly #remembered = new Map<string, Remembered>();

  /** @param readReport the report of a process as it stands in Redis; null where there is none. Rejects while Redis is away. */
  constructor(readReport: (processId: string) => Promise<string | null>) {
    this.#readReport = readReport;
  }

  /** While Redis is away, what was known last counts: processes do not end because Redis does. */
  async findAddress(processId: string, nowMs: number): Promise<PeerAddress> {
    const known = this.#remembered.get(processId);
    if (known !== undefined && nowMs - known.readAtMs < FRESH_MS) return known.address;
    let report: string | null;
    try {
      report = await this.#readReport(processId);
    } catch {
      // Redis is away; whoever reads the snapshot reports that.
      return known?.address ?? { kind: 'unknown' };
    }
    const address = toAddress(report, nowMs);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(processId, { address, readAtMs: nowMs });
    return address;
  }
}

function toAddress(report: string | null, nowMs: number): PeerAddress {
  if (report === null) return { kind: 'gone' };
  const parsed = GatewayReportSchema.safeParse(JSON.parse(report));
  if (!parsed.success || parsed.data.peerUrl === undefined) return { kind: 'gone' };
  return nowMs - parsed.data.reportedAtMs > REPORT_EXPIRY_MS ? { kind: 'gone' } : { kind: 'found', url: parsed.data.peerUrl };
}
