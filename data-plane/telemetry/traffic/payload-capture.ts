import { TRAFFIC_BOUNDS, type TrafficPayload } from '../../../contract/traffic-event.ts';
import type { PayloadCapture } from '../../../contract/snapshot.ts';
import { isObject, type McpMessage } from '../../mcp/message.ts';
import type { Exchange } from '../../request/exchange.ts';
import { redactJson, redactText, type RedactedText } from './redact.ts';

/** Methods whose arguments and results are captured: those that use what a server offers. */
const CAPTURED: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read', 'completion/complete']);

/** What is captured of a request. The grant's word counts before the server's. */
export function findCapture({ message, target }: Exchange): PayloadCapture {
  if (target === undefined || message?.kind !== 'request' || !CAPTURED.has(message.method ?? '')) return 'OFF';
  return target.route.payloadCapture ?? target.server.payloadCapture ?? 'OFF';
}

/** Arguments and result as they may be kept, as JSON; undefined where nothing is captured. */
export function toPayload(exchange: Exchange): string | undefined {
  const capture = findCapture(exchange);
  if (capture === 'OFF') return undefined;
  const given = toArguments(exchange.message!);
  const result = capture === 'ARGUMENTS_AND_RESULTS' ? toResult(exchange) : undefined;
  const payload: TrafficPayload = {
    arguments: given?.text,
    argumentsTruncated: given?.isTruncated === true ? true : undefined,
    result: result?.text,
    resultTruncated: result?.isTruncated === true ? true : undefined,
    redactions: (given?.redactions ?? 0) + (result?.redactions ?? 0),
  };
  return JSON.stringify(payload);
}

/** Without `_meta`, which is about the message, and without what the event says anyway. */
function toArguments({ params }: McpMessage): RedactedText | undefined {
  if (params === undefined) return undefined;
  const { _meta: _about, name: _name, uri: _uri, ...rest } = params;
  const given = Object.keys(rest).length === 1 && isObject(rest['arguments']) ? rest['arguments'] : rest;
  return Object.keys(given).length === 0 ? undefined : redactJson(given, TRAFFIC_BOUNDS.payloadChars);
}

function toResult({ answerFacts }: Exchange): RedactedText | undefined {
  const response = answerFacts?.response;
  if (response !== undefined) return redactJson(response['result'] ?? response['error'], TRAFFIC_BOUNDS.payloadChars);
  const rest = answerFacts?.unread;
  if (rest === undefined) return undefined;
  return { ...redactText(rest, TRAFFIC_BOUNDS.payloadChars), isTruncated: true };
}
