import { z } from 'zod';

/** By what calls are told apart when they are counted. Without any, all calls that a limit applies to share one count. */
export const LimitDimensionSchema = z.enum(['WORKSPACE', 'USER', 'API_KEY', 'MCP_SERVER', 'TOOL']);

/**
 * A bound on calls. It applies to those that match everything it names, and has a count of its own for each combination of what it counts by.
 * Both planes know it in this form: one is stored, the other enforces it.
 */
export const RateLimitSchema = z.object({
  id: z.string(),
  /** Absent: whichever workspace. */
  workspaceId: z.string().optional(),
  /** Absent: whoever. */
  userId: z.string().optional(),
  apiKeyId: z.string().optional(),
  serverId: z.string().optional(),
  /** A tool of the server as its upstream names it. A limit with a tool, or by tool, counts `tools/call` only. */
  toolName: z.string().optional(),
  countBy: z.array(LimitDimensionSchema),
  /** How many requests in any window of this length. Absent: no bound. */
  rate: z.object({ maxRequests: z.number().int().positive(), windowMs: z.number().int().positive() }).optional(),
  /** How many at once. Absent: no bound. */
  maxConcurrent: z.number().int().positive().optional(),
});

/** The limits of an organization. A document of its own, because limits change for other reasons than what they are about. */
export const LimitsDocumentSchema = z.object({
  kind: z.literal('limits'),
  organizationId: z.string(),
  limits: z.array(RateLimitSchema),
});

export type LimitDimension = z.infer<typeof LimitDimensionSchema>;
export type RateLimit = Readonly<z.infer<typeof RateLimitSchema>>;
export type LimitsDocument = Readonly<z.infer<typeof LimitsDocumentSchema>>;

/** Limits of one organization at most: each call looks at those that may apply to it. */
export const MAX_LIMITS = 200;

/**
 * In how many slices a window is counted. A window covers this many whole slices and the one that runs, so no window of the stated length ever
 * holds more than the limit, and what was used is free again at most one slice (a tenth of the window) later than it could be.
 */
export const WINDOW_SLICES = 10;
