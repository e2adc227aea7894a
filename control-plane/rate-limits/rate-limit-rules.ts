import { z } from 'zod';
import { LimitDimensionSchema } from '../../contract/rate-limit.ts';
import { nameRule } from '../api/check-input.ts';

const bounds = {
  maxRequests: boundRule('maxRequests', 1_000_000),
  windowSeconds: boundRule('windowSeconds', 86_400),
  maxConcurrent: boundRule('maxConcurrent', 10_000),
};

/** The bounds of a limit, as they are stored. */
interface Bounds {
  readonly maxRequests?: number | null | undefined;
  readonly windowSeconds?: number | null | undefined;
  readonly maxConcurrent?: number | null | undefined;
}

const pairedFault = { path: ['windowSeconds'], message: 'maxRequests and windowSeconds come together.' };
const boundFault = {
  path: ['maxRequests'],
  message: 'A limit has maxRequests with windowSeconds, or maxConcurrent, or all of them.',
};

export const createRules = z
  .object({
    name: nameRule,
    toolName: z.string().min(1, 'A tool name has 1 to 256 characters.').max(256, 'A tool name has 1 to 256 characters.').nullish(),
    mcpServerId: z.string().nullish(),
    countBy: z
      .array(LimitDimensionSchema)
      .refine((dimensions) => new Set(dimensions).size === dimensions.length, 'countBy names a dimension twice.'),
    ...bounds,
  })
  .refine(({ toolName, mcpServerId }) => toolName == null || mcpServerId != null, {
    path: ['toolName'],
    message: 'A tool is one of a server: name mcpServerId too.',
  })
  .refine(isPaired, pairedFault)
  .refine(isBound, boundFault);

export const updateRules = z.object({ name: nameRule.optional(), ...bounds });

/** What a limit comes to after a change must be a limit still. */
export const storedRules = z.object(bounds).refine(isPaired, pairedFault).refine(isBound, boundFault);

function isPaired({ maxRequests, windowSeconds }: Bounds): boolean {
  return (maxRequests == null) === (windowSeconds == null);
}

function isBound({ maxRequests, maxConcurrent }: Bounds): boolean {
  return maxRequests != null || maxConcurrent != null;
}

function boundRule(field: string, max: number) {
  const message = `${field} is between 1 and ${max}.`;
  return z.int().min(1, message).max(max, message).nullish();
}
