import type { Exchange } from '../../request/exchange.ts';

/** JSON-RPC 2.0 section 5.1, and what MCP added. */
const CODES: ReadonlyMap<number, string> = new Map([
  [-32700, 'parse error'],
  [-32600, 'invalid request'],
  [-32601, 'method not found'],
  [-32602, 'invalid params'],
  [-32603, 'internal error'],
  [-32002, 'resource not found'],
  [-32020, 'header mismatch'],
  [-32022, 'unsupported protocol version'],
  [-32042, 'a person has to visit a URL first'],
]);

/** What went wrong, in words of the gateway: an upstream's own may quote what is nobody's business. */
export function toErrorReason(exchange: Exchange, errorCode: number | undefined): string | undefined {
  const { answerFacts, outcome, rejection, res } = exchange;
  if (rejection !== undefined) return 'cause' in rejection ? `${rejection.reason}: ${toCode(rejection.cause)}` : rejection.reason;
  if (outcome === 'upstream_failed') return 'the MCP server broke off its answer';
  if (outcome === 'client_gone') return 'the client left before the answer was complete';
  if (errorCode !== undefined) return CODES.get(errorCode) ?? `error ${errorCode} of the MCP server`;
  if (answerFacts?.isToolError === true) return 'the tool reported an error';
  return res.statusCode >= 400 ? `status ${res.statusCode}` : undefined;
}

/** An error's code, or its name. Never its message: that may quote the upstream. */
function toCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
