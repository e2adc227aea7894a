import type { AccessDecision } from '../../contract/access-decision.ts';
import { toConnectRefusal } from './connect-refusal.ts';
import type { JsonRpcId } from '../mcp/message.ts';
import type { ChallengeError } from '../well-known/protected-resource.ts';

/** Why the data plane answered a request itself instead of the upstream's answer. Every reason is explained in docs/reference/errors.md. */
export type Rejection =
  /** No snapshot is applied yet. */
  | { readonly reason: 'not_ready' }
  /** The `Host` header names no host of this gateway (DNS rebinding). */
  | { readonly reason: 'host_not_allowed' }
  /** The `Origin` header names no allowed origin (MCP 2025-11-25, Transports, Security Warning). */
  | { readonly reason: 'origin_not_allowed' }
  /** Not a path of the gateway. */
  | { readonly reason: 'path_unknown' }
  /** A method that MCP does not use. */
  | { readonly reason: 'method_not_allowed' }
  /** Neither an API key nor a token was sent. */
  | { readonly reason: 'credential_missing' }
  /** What was sent is no key of this workspace, or not any longer. */
  | { readonly reason: 'credential_invalid' }
  | { readonly reason: 'credential_expired'; readonly keyId: string }
  /** The key or the token may do other things, but not call MCP servers. */
  | { readonly reason: 'scope_missing' }
  /** A JWT that does not let its bearer in here. Which of its faults it was is in the access log and nowhere else. */
  | { readonly reason: 'token_invalid'; readonly fault: TokenFault }
  | { readonly reason: 'token_expired' }
  /** The workspace has no such server, or it is disabled. */
  | { readonly reason: 'route_unknown' }
  /** The server is there, but not for this person. Answered exactly as `route_unknown`. */
  | { readonly reason: 'user_denied'; readonly grantId: string }
  /** The capability is there, but not for this caller, or not under this name. Answered as one that is not there. */
  | {
      readonly reason: 'capability_hidden';
      /** What a server answers that has no such thing. */
      readonly error: { readonly code: number; readonly message: string; readonly data?: Readonly<Record<string, unknown>> };
      /** The rule that decided; null where it was no rule. */
      readonly ruleId: string | null;
      /** What decided, for the log. */
      readonly refusal: CapabilityRefusal;
    }
  /** A service key on a server where everybody uses an account of their own. */
  | { readonly reason: 'person_required'; readonly serverId: string }
  /** The server needs a stored credential that this subject does not have. */
  | { readonly reason: 'connection_missing'; readonly subject: SubjectKind }
  /** Nothing can be obtained with the stored credential, or the upstream refuses what was, until somebody connects the subject again. */
  | { readonly reason: 'authorization_required'; readonly subject: SubjectKind }
  /** The access token for the upstream has to be renewed, and nobody can be asked to do it. */
  | { readonly reason: 'credential_unavailable'; readonly retryAfterMs: number }
  /** The stored credential does not open with this process's keys. */
  | { readonly reason: 'connection_unusable'; readonly connectionId: string; readonly failure: string }
  | { readonly reason: 'body_too_large'; readonly maxBytes: number }
  | { readonly reason: 'media_type_unsupported' }
  | { readonly reason: 'json_invalid' }
  | { readonly reason: 'message_invalid'; readonly fault: string }
  | { readonly reason: 'envelope_invalid'; readonly fault: string; readonly id?: JsonRpcId | undefined }
  /** A header contradicts the body, or is missing (MCP 2026-07-28, -32020). */
  | { readonly reason: 'header_mismatch'; readonly fault: string; readonly id?: JsonRpcId | undefined }
  /** The session id is not one of ours, or belongs to another caller or another server, or its upstream session ended. */
  | { readonly reason: 'session_unknown' }
  /** The process that keeps the session or the call lives, as far as is known, and cannot be reached. */
  | { readonly reason: 'home_unreachable' }
  /** A request that continues a session came without its id. */
  | { readonly reason: 'session_missing' }
  /** The upstream does not speak the modern era; a dual-era client opens a session instead. */
  | { readonly reason: 'era_not_supported' }
  /** A bridged server cannot serve the revision that the request names (MCP 2026-07-28, -32022). */
  | { readonly reason: 'revision_unsupported'; readonly requested: string; readonly supported: readonly string[] }
  /** A method that the revision of the request does not have. */
  | { readonly reason: 'method_unknown' }
  /** The `requestState` leads to no parked call of this caller: it was changed, used before, or waited for too long. */
  | { readonly reason: 'parked_call_unknown' }
  /** The process that kept the parked call is gone, and the call with it. */
  | { readonly reason: 'parked_call_lost' }
  /** A limit of requests in a window is used up. */
  | {
      readonly reason: 'rate_limited';
      readonly limitId: string;
      readonly maxRequests: number;
      readonly windowMs: number;
      readonly retryAfterMs: number;
    }
  /** As many calls are under way as a limit allows. */
  | { readonly reason: 'concurrency_limited'; readonly limitId: string; readonly maxConcurrent: number; readonly retryAfterMs: number }
  /** A limit applies, nobody can say what it has come to, and the operator wants such calls refused. */
  | { readonly reason: 'limits_unavailable' }
  /** As many calls wait for their clients as may. */
  | { readonly reason: 'parked_calls_full' }
  /** The caller, or the process, has as many sessions with upstreams as it may. */
  | { readonly reason: 'too_many_sessions' }
  /** The process carries as many open streams as it may. */
  | { readonly reason: 'too_many_streams' }
  | { readonly reason: 'upstream_unreachable'; readonly cause: Error }
  /** The upstream failed so often in a row that it is left alone for a while. */
  | { readonly reason: 'upstream_circuit_open'; readonly retryAfterMs: number }
  /** The connection that would have brought the upstream's answer broke. The upstream may have worked on the request. */
  | { readonly reason: 'upstream_connection_lost' }
  | { readonly reason: 'upstream_address_refused'; readonly cause: Error }
  | { readonly reason: 'upstream_timeout'; readonly cause: Error }
  /** The upstream answered 401 or 403 to the credential that the gateway sent. */
  | { readonly reason: 'upstream_credential_refused'; readonly status: number }
  | { readonly reason: 'upstream_redirected'; readonly status: number }
  /** The upstream's answer is not one that can be passed on. */
  | { readonly reason: 'upstream_answer_invalid'; readonly fault: string };

/** Why a capability is hidden: by what the rules say, or because what is named means nothing to this caller. */
export type CapabilityRefusal = AccessDecision | 'renamed_away' | 'no_such_task';

/** Whose credential it is that goes upstream. */
export type SubjectKind = 'organization' | 'workspace' | 'user';

/** What is wrong with a token. */
export type TokenFault =
  | 'too_large'
  | 'malformed'
  | 'algorithm'
  | 'type'
  | 'key'
  | 'signature'
  | 'claims'
  | 'not_yet_valid'
  /** Of nobody whose tokens are accepted in this workspace. */
  | 'issuer'
  /** For another server, or for one that is not there. */
  | 'audience'
  /** Nobody whom the organization knows. */
  | 'user'
  /** Withdrawn. */
  | 'consent'
  /** The person is not in the workspace. */
  | 'member';

/** Whether the upstream does not accept what the gateway sent, so that it has not worked on the request and will not on the next one. */
export function isCredentialRefusal({ reason }: Rejection): boolean {
  return reason === 'upstream_credential_refused' || reason === 'authorization_required';
}

/** What a client is told. */
export interface WireError {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  /** Value of `Retry-After`, in seconds. */
  readonly retryAfterSeconds?: number;
  readonly challenge?: ChallengeError;
  readonly allow?: string;
  /** The result that takes the place of an error: a question of the modern era. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** Whether a request gets it as its response, with status 200: then a client shows it and does not take the connection for broken. */
  readonly isInBand?: boolean;
  /** Whether a client that came with an access token is sent to sign in again instead, where its person can set it right. */
  readonly signsInAgain?: boolean;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Outside of the range that JSON-RPC and MCP keep for themselves. Never 401 or 403 as a status: clients would throw their tokens away. */
const TOO_MANY_REQUESTS = 429;

const NOT_FOUND = {
  status: 404,
  code: -32600,
  message: 'Not found: there is no such MCP server in this workspace. Check the URL with your administrator.',
} as const;

/**
 * Decides what a stranger may learn of each refusal. There is no default arm: a new reason does not compile until somebody decided.
 * @param connectUrl where a person can connect the server, where there is such a page.
 */
export function toWire(rejection: Rejection, connectUrl?: string): WireError {
  switch (rejection.reason) {
    case 'not_ready':
      return { status: 503, code: -32603, message: 'The gateway is starting. Try again in a moment.', retryAfterSeconds: 1 };
    case 'host_not_allowed':
      return {
        status: 403,
        code: -32600,
        message: 'The Host header names no host of this gateway. An operator can allow it with SLUICE_ALLOWED_HOSTS.',
      };
    case 'origin_not_allowed':
      return {
        status: 403,
        code: -32600,
        message: 'Requests from this Origin are not allowed. An operator can allow it with SLUICE_ALLOWED_ORIGINS.',
      };
    case 'path_unknown':
      return { status: 404, code: -32600, message: 'Not found. An MCP server has the URL /:workspace/:server/mcp.' };
    case 'method_not_allowed':
      return {
        status: 405,
        code: -32000,
        message: 'Method not allowed. MCP uses POST, GET and DELETE.',
        allow: 'GET, POST, DELETE, OPTIONS',
      };
    case 'credential_missing':
      return {
        status: 401,
        code: -32600,
        message:
          'Authentication required: sign in with OAuth, or send an API key of this workspace as "Authorization: Bearer slc_…" or in "x-sluice-api-key".',
        challenge: '',
      };
    case 'credential_invalid':
    case 'credential_expired':
      return {
        status: 401,
        code: -32600,
        message: 'The API key is not valid for this workspace: it is unknown, revoked or expired. Create a new one.',
        challenge: 'invalid_token',
      };
    case 'token_invalid':
    case 'token_expired':
      return {
        status: 401,
        code: -32600,
        message:
          'The access token is not valid for this MCP server: it has expired, was withdrawn, or is for another server. Sign in again.',
        challenge: 'invalid_token',
      };
    case 'scope_missing':
      return {
        status: 403,
        code: -32600,
        message: 'The API key lacks the scope MCP, or the access token the scope mcp. Use another key with the scope, or sign in again.',
        challenge: 'insufficient_scope',
      };
    case 'route_unknown':
    case 'user_denied': // the same answer: who may not use a server must not learn that it exists
      return NOT_FOUND;
    case 'capability_hidden':
      return { status: 200, ...rejection.error };
    case 'person_required':
      return {
        status: 403,
        code: -32600,
        message:
          'On this MCP server everybody uses an account of their own, and a service key has no person behind it. Use a user key of this workspace, or ask an administrator to change the granularity of the server.',
      };
    case 'connection_missing':
      return toConnectRefusal('This MCP server needs a credential that is not stored yet.', rejection.subject, connectUrl);
    case 'authorization_required':
      return toConnectRefusal('This MCP server does not accept the stored credential any longer.', rejection.subject, connectUrl);
    case 'credential_unavailable':
      return {
        status: 503,
        code: -32603,
        message: 'The access token for this MCP server has to be renewed, and that is not possible at the moment. Try again later.',
        retryAfterSeconds: toSeconds(rejection.retryAfterMs),
      };
    case 'connection_unusable':
      return {
        status: 503,
        code: -32603,
        message: 'The stored credential of this MCP server cannot be read by the gateway. An operator has to check SLUICE_ENCRYPTION_KEYS.',
        retryAfterSeconds: 30,
      };
    case 'body_too_large':
      return {
        status: 413,
        code: -32600,
        message: `The request body is larger than the ${rejection.maxBytes} bytes that this MCP server accepts. An administrator can raise maxRequestBytes.`,
      };
    case 'media_type_unsupported':
      return { status: 415, code: -32600, message: 'Unsupported Media Type: Content-Type must be application/json.' };
    case 'json_invalid':
      return { status: 400, code: -32700, message: 'Parse error: the body is not valid JSON.' };
    case 'message_invalid':
      return { status: 400, code: -32600, message: `Invalid request: ${rejection.fault}.` };
    case 'envelope_invalid':
      return { status: 400, code: -32602, message: `Invalid params: ${rejection.fault}.` };
    case 'header_mismatch':
      return { status: 400, code: -32020, message: `Header mismatch: ${rejection.fault}.` };
    case 'session_unknown':
      return { status: 404, code: -32001, message: 'Session not found. Start a new one with initialize.' };
    case 'home_unreachable':
      return {
        status: 503,
        code: -32603,
        message: 'The gateway process that keeps this session cannot be reached. Try again in a moment.',
        retryAfterSeconds: 1,
      };
    case 'session_missing':
      return { status: 400, code: -32000, message: 'Bad Request: the Mcp-Session-Id header is missing. Start a session with initialize.' };
    case 'era_not_supported':
      return {
        status: 400,
        code: -32000,
        message: 'This MCP server does not serve the requested protocol revision. Open a session with initialize.',
      };
    case 'revision_unsupported':
      return {
        status: 400,
        code: -32022,
        message: 'Unsupported protocol version.',
        data: { supported: rejection.supported, requested: rejection.requested },
      };
    case 'method_unknown':
      return { status: 404, code: -32601, message: 'Method not found.' };
    case 'parked_call_unknown':
      return {
        status: 400,
        code: -32602,
        message:
          'Invalid params: requestState belongs to no call that waits. It was changed, used before, or waited for too long. Make the call again without it.',
      };
    case 'parked_call_lost':
      return {
        status: 400,
        code: -32602,
        message:
          'Invalid params: the gateway process that kept this call has ended, and the call with it. Make the call again without requestState.',
      };
    case 'rate_limited':
      return {
        status: 429,
        code: TOO_MANY_REQUESTS,
        message: `Too many requests: a limit allows ${rejection.maxRequests} in ${rejection.windowMs / 1_000} s. Try again later.`,
        retryAfterSeconds: toSeconds(rejection.retryAfterMs),
      };
    case 'concurrency_limited':
      return {
        status: 429,
        code: TOO_MANY_REQUESTS,
        message: `Too many requests at once: a limit allows ${rejection.maxConcurrent}. Try again when one of them is finished.`,
        retryAfterSeconds: toSeconds(rejection.retryAfterMs),
      };
    case 'limits_unavailable':
      return {
        status: 503,
        code: -32603,
        message: 'The limits of this MCP server cannot be checked at the moment. Try again later.',
        retryAfterSeconds: 5,
      };
    case 'parked_calls_full':
      return {
        status: 503,
        code: -32603,
        message: 'The gateway keeps as many calls for clients that were asked something as it may. Try again later.',
        retryAfterSeconds: 30,
      };
    case 'too_many_sessions':
      return {
        status: 503,
        code: -32603,
        message: 'The gateway keeps as many sessions with MCP servers as it may. Try again later.',
        retryAfterSeconds: 30,
      };
    case 'too_many_streams':
      return {
        status: 503,
        code: -32603,
        message: 'The gateway carries as many open streams as it may. Try again later.',
        retryAfterSeconds: 5,
      };
    case 'upstream_circuit_open':
      return {
        status: 503,
        code: -32603,
        message: 'The MCP server did not answer several times in a row and is left alone for a while. Try again later.',
        retryAfterSeconds: toSeconds(rejection.retryAfterMs),
      };
    case 'upstream_unreachable':
      return { status: 502, code: -32603, message: 'The MCP server could not be reached.' };
    case 'upstream_connection_lost':
      return { status: 502, code: -32603, message: 'The connection to the MCP server was lost before it answered.' };
    case 'upstream_address_refused':
      return {
        status: 502,
        code: -32603,
        message:
          'The MCP server resolves to an address that the gateway must not connect to. An operator can allow it with SLUICE_EGRESS_ALLOW.',
      };
    case 'upstream_timeout':
      return { status: 504, code: -32603, message: 'The MCP server did not answer in time.' };
    case 'upstream_credential_refused':
      return {
        status: 502,
        code: -32603,
        message: `The MCP server refused the stored credential (status ${rejection.status}). Whoever set it has to renew it.`,
      };
    case 'upstream_redirected':
      return {
        status: 502,
        code: -32603,
        message: `The MCP server answered with a redirect (status ${rejection.status}) that the gateway does not follow. An administrator has to register the URL it points to.`,
      };
    case 'upstream_answer_invalid':
      return { status: 502, code: -32603, message: 'The MCP server sent an answer that is not valid HTTP or MCP.' };
  }
}

/** `Retry-After` has whole seconds (RFC 9110 section 10.2.3); 0 would be an invitation. */
function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

/** The JSON-RPC error that carries a refusal. `id` is null only where the request's own is not known (JSON-RPC 2.0 section 5). */
export function toErrorBody(wire: WireError, id: JsonRpcId | undefined): string {
  const error =
    wire.data === undefined ? { code: wire.code, message: wire.message } : { code: wire.code, message: wire.message, data: wire.data };
  return JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error });
}
