import { computeScopeUnion } from '@modelcontextprotocol/client';
import type { TokenChange, TokenRecord } from './token-store.ts';

/** All that is asked for together, in characters: what an upstream makes up must not grow without end. */
const MAX_SCOPE_LENGTH = 2_048;

/** RFC 6749 section 3.3. */
const SCOPES = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/**
 * What a connection becomes whose token lacks scopes that the upstream wants (RFC 6750 section 3.1, `insufficient_scope`). Where more can
 * be asked for, whoever may connect the subject has to consent again. Where it cannot, or was asked for in vain, the connection goes on
 * with what it has: to send people to consent would bring them back with the same token. Pure.
 */
export function planWiderScope({ row, server }: TokenRecord, missing: string): TokenChange | undefined {
  if (!SCOPES.test(missing)) return undefined;
  const isFixed = server.oauth?.scopes != null;
  const union = computeScopeUnion(row.requestedScope ?? undefined, missing);
  if (isFixed)
    return toError(`The MCP server wants the scopes "${missing}". An administrator has to add them to the scopes of its settings.`);
  if (union === undefined || union.length > MAX_SCOPE_LENGTH || isCovered(row.requestedScope, missing)) {
    return toError(`The MCP server wants the scopes "${missing}", which its authorization server was asked for and did not grant.`);
  }
  const reason = `The MCP server wants more scopes: ${missing}. Connect again to consent to them.`;
  return { state: 'NEEDS_AUTHORIZATION', reason, refreshAt: null, requestedScope: union };
}

function isCovered(requested: string | null | undefined, missing: string): boolean {
  const asked = new Set(requested?.split(' '));
  return missing.split(' ').every((scope) => asked.has(scope));
}

function toError(reason: string): TokenChange {
  return { state: 'ERROR', reason };
}
