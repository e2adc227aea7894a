import { z } from 'zod';

/** How often a data-plane process reports, in milliseconds, besides at once after each revision it applied or refused. */
export const REPORT_INTERVAL_MS = 2_000;

/** A process that has not reported for this long, in milliseconds, counts as gone. */
export const REPORT_EXPIRY_MS = 7_000;

/** What one data-plane process says about itself. */
export const GatewayReportSchema = z.object({
  /** Unique among the processes of all replicas; new at each start. */
  id: z.string(),
  /** The host the process runs on. */
  host: z.string(),
  /** Product version of the data plane. */
  version: z.string(),
  /** Where other processes of the gateway reach this one, without a path. Absent: they cannot. */
  peerUrl: z.string().optional(),
  startedAtMs: z.number().int(),
  reportedAtMs: z.number().int(),
  /** The revision that decides its requests; null until the first one is applied. */
  revision: z.number().int().nullable(),
  appliedAtMs: z.number().int().nullable(),
  /** Where the running revision came from. */
  source: z.enum(['REDIS', 'LAST_GOOD_FILE']).nullable(),
  /** The newest revision that it would not apply, and why; null once a later one was applied. */
  refused: z.object({ revision: z.number().int().nullable(), reason: z.string(), refusedAtMs: z.number().int() }).nullable(),
});
export type GatewayReport = Readonly<z.infer<typeof GatewayReportSchema>>;
