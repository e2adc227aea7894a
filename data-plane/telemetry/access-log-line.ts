import type { Exchange } from '../request/exchange.ts';

const HEAD = '{"level":"info","time":"';
const BODY = `","service":"data-plane","pid":${process.pid},"event":"request"`;

/**
 * A finished request as one line of JSON, in the form of the other log lines. Put together by hand, because a general logger walks
 * every value for secrets that cannot be in it and formats the time anew: that costs more than all checks of a request together.
 */
export function toAccessLogLine(exchange: Exchange, nowMs: number, durationMs: number): string {
  const { caller, message, names, rejection, target } = exchange;
  return (
    HEAD +
    toIsoTime(nowMs) +
    BODY +
    text('http', exchange.req.method) +
    text('workspace', target?.workspace.id ?? names?.workspace) +
    text('server', target?.server.id ?? names?.server) +
    text('key', caller?.keyId) +
    text('user', caller?.subject.kind === 'USER' ? caller.subject.userId : undefined) +
    text('era', message?.era) +
    text('method', message?.method ?? message?.kind) +
    number('status', exchange.res.statusCode) +
    text('outcome', exchange.outcome) +
    text('reason', rejection?.reason) +
    text('code', rejection !== undefined && 'cause' in rejection ? toCode(rejection.cause) : undefined) +
    number('ms', durationMs) +
    number('upstreamMs', exchange.upstreamMs) +
    number('requestBytes', exchange.requestBytes) +
    number('responseBytes', exchange.responseBytes) +
    '}\n'
  );
}

/** Texts may come from a client, so they are always written as JSON strings. */
function text(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

function number(name: string, value: number | undefined): string {
  return value === undefined ? '' : `,"${name}":${value}`;
}

/** An error's code, or its name. Never its message: that may quote the upstream. */
function toCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

let lastMs = -1;
let lastTime = '';

/** A busy process ends many requests in the same millisecond. */
function toIsoTime(ms: number): string {
  if (ms !== lastMs) {
    lastMs = ms;
    lastTime = new Date(ms).toISOString();
  }
  return lastTime;
}
