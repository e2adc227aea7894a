import { parseRpcMessages, type RpcAnswer, type RpcMessage } from '../mcp/json-rpc.ts';
import { isLostSessionAnswer, isLostSessionResult } from '../mcp/lost-session.ts';
import type { Rejection } from '../request/rejection.ts';
import type { FetchAnswer } from './upstream-fetch.ts';

/** Why an upstream's answer to one message is no answer at all, or undefined where it is one. */
export function findAnswerFault(answer: FetchAnswer, hasSession: boolean): Rejection | undefined {
  const { status } = answer;
  if (status === 401 || status === 403) return { reason: 'upstream_credential_refused', status };
  if (status >= 300 && status < 400) return { reason: 'upstream_redirected', status };
  if (status === 404 && hasSession) return { reason: 'session_unknown' };
  if (status === 400 && isLostSessionAnswer(answer.body)) return { reason: 'session_unknown' };
  if (status === 200 && hasSession && isLostSessionResult(answer.body)) return { reason: 'session_unknown' };
  return undefined;
}

/** The messages in an answer's body. An error without an id is the error of the only request that was asked. */
export function readAnswerMessages(answer: FetchAnswer, requestId: number | undefined): readonly RpcMessage[] {
  const messages = parseRpcMessages(answer.body.toString('utf8')) ?? [];
  if (requestId === undefined) return messages;
  return messages.map((message) => (isErrorOfNobody(message) ? { ...message, id: requestId } : message));
}

function isErrorOfNobody(message: RpcMessage): message is RpcAnswer {
  return 'error' in message && message.id === null;
}
