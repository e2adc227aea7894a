import { createHash } from 'node:crypto';
import type { LimitDimension, RateLimit } from '../../contract/rate-limit.ts';
import type { McpMessage } from '../mcp/message.ts';
import type { Caller } from '../request/caller.ts';
import type { Target } from '../request/target.ts';

/** What one call adds to one count. */
export interface LimitCount {
  /** Names the count: the limit, and a digest of what it counts by. */
  readonly key: string;
  readonly limit: RateLimit;
  /** How many requests the call stands for: more than one where it is a batch. */
  readonly requests: number;
}

/** Who calls what. */
export interface CountedCall {
  readonly target: Target;
  readonly caller: Caller;
  readonly message: McpMessage;
}

/** The counts that a call adds to. Only requests count: a notification or a reply asks for nothing. */
export function toLimitCounts(limits: readonly RateLimit[], call: CountedCall): readonly LimitCount[] {
  const requests = (call.message.elements ?? [call.message]).filter(({ kind }) => kind === 'request');
  const counts = new Map<string, { key: string; limit: RateLimit; requests: number }>();
  for (const limit of limits) {
    if (!isAbout(limit, call.caller)) continue;
    for (const request of requests) {
      if (isAboutTools(limit) && (request.method !== 'tools/call' || (limit.toolName ?? request.name) !== request.name)) continue;
      const key = toKey(limit, call, request);
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { key, limit, requests: 1 });
      else known.requests++;
    }
  }
  return [...counts.values()];
}

function isAbout(limit: RateLimit, caller: Caller): boolean {
  if (limit.apiKeyId !== undefined && (caller.kind !== 'API_KEY' || limit.apiKeyId !== caller.keyId)) return false;
  const { subject } = caller;
  return limit.userId === undefined || (subject.kind === 'USER' && subject.userId === limit.userId);
}

function isAboutTools({ countBy, toolName }: RateLimit): boolean {
  return toolName !== undefined || countBy.includes('TOOL');
}

/** A digest, because a client chooses the name of a tool: any length, any character. */
function toKey({ countBy, id }: RateLimit, call: CountedCall, request: McpMessage): string {
  if (countBy.length === 0) return id;
  const parts = countBy.map((dimension) => toPart(dimension, call, request));
  return `${id}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}

function toPart(dimension: LimitDimension, { caller, target }: CountedCall, request: McpMessage): string {
  switch (dimension) {
    case 'WORKSPACE':
      return target.workspace.id;
    case 'USER': // a service key has no person behind it and counts as one
      return caller.id;
    case 'API_KEY': // a person who signed in has none and counts as one
      return caller.kind === 'API_KEY' ? caller.keyId : caller.id;
    case 'MCP_SERVER':
      return target.server.id;
    case 'TOOL':
      return request.name ?? '';
  }
}
