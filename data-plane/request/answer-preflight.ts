import type { Exchange } from './exchange.ts';

const ALLOWED_METHODS = 'GET, POST, DELETE, OPTIONS';
const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'Accept',
  'MCP-Protocol-Version',
  'Mcp-Session-Id',
  'Mcp-Method',
  'Mcp-Name',
  'Last-Event-ID',
  'DPoP',
  'x-sluice-api-key',
  'traceparent',
  'tracestate',
  'baggage',
].join(', ');

/** How long a browser may remember the answer, in seconds. */
const MAX_AGE_SECONDS = 7_200;

/** Answers a CORS preflight (Fetch standard), before authentication: browsers send it without credentials. */
export function answerPreflight(exchange: Exchange): void {
  const requested = exchange.req.headers['access-control-request-headers'] ?? '';
  const parameters = requested
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^mcp-param-[A-Za-z0-9-]{1,64}$/i.test(name));
  const headers = [
    'access-control-allow-methods',
    ALLOWED_METHODS,
    'access-control-allow-headers',
    [ALLOWED_HEADERS, ...parameters].join(', '),
    'access-control-max-age',
    String(MAX_AGE_SECONDS),
  ];
  exchange.addCrossOriginHeaders(headers);
  exchange.res.writeHead(204, headers);
  exchange.res.end();
}
