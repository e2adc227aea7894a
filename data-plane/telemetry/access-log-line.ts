import type { Caller } from '../request/caller.ts';
import type { Exchange } from '../request/exchange.ts';
import type { Target } from '../request/target.ts';

const HEAD = '{"level":"info","time":"';
const BODY = `","service":"data-plane","pid":${process.pid},"event":"request","http":"`;

/**
 * A finished request as one line of JSON, in the form of the other log lines. Put together by hand, because a general logger walks
 * every value for secrets that cannot be in it and formats the time anew: that costs more than all checks of a request together.
 * Texts that a client or the snapshot chose are always written as JSON strings.
 */
export function toAccessLogLine(exchange: Exchange, nowMs: number, durationMs: number): string {
  const { message, rejection } = exchange;
  return (
    HEAD +
    toIsoTime(nowMs) +
    BODY +
    `${exchange.req.method}"` +
    toPeople(exchange) +
    (message === undefined ? '' : `,"era":"${message.era}","method":${JSON.stringify(message.method ?? message.kind)}`) +
    `,"status":${exchange.res.statusCode},"outcome":"${exchange.outcome}"` +
    (rejection === undefined ? '' : `,"reason":"${rejection.reason}"`) +
    (rejection !== undefined && 'cause' in rejection ? text('code', toCode(rejection.cause)) : '') +
    (rejection?.reason === 'token_invalid' ? text('fault', rejection.fault) : '') +
    (rejection?.reason === 'capability_hidden' ? text('rule', rejection.ruleId ?? undefined) : '') +
    (rejection !== undefined && 'limitId' in rejection ? text('limit', rejection.limitId) : '') +
    `,"traceId":"${exchange.trace.traceId}"` +
    (exchange.spans?.isSampled === true ? `,"spanId":"${exchange.trace.spanId}"` : '') +
    `,"ms":${durationMs}` +
    (exchange.upstreamMs === undefined ? '' : `,"upstreamMs":${exchange.upstreamMs}`) +
    `,"requestBytes":${exchange.requestBytes},"responseBytes":${exchange.responseBytes}}\n`
  );
}

/** Who calls where. Most callers come again and again to the same server. */
function toPeople({ caller, names, target }: Exchange): string {
  if (caller === undefined || target === undefined) {
    return (
      text('workspace', target?.workspace.id ?? names?.workspace) + text('server', target?.server.id ?? names?.server) + toCaller(caller)
    );
  }
  const last = lastPeople.get(caller);
  if (last?.route === target.route && last.server === target.server) return last.text;
  const people = text('workspace', target.workspace.id) + text('server', target.server.id) + toCaller(caller);
  lastPeople.set(caller, { route: target.route, server: target.server, text: people });
  return people;
}

interface People extends Pick<Target, 'route' | 'server'> {
  readonly text: string;
}

const lastPeople = new WeakMap<Caller, People>();

function toCaller(caller: Caller | undefined): string {
  if (caller === undefined) return '';
  const by = caller.kind === 'API_KEY' ? text('key', caller.keyId) : text('client', caller.clientId);
  return by + text('user', caller.subject.kind === 'USER' ? caller.subject.userId : undefined);
}

function text(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** An error's code, or its name. Never its message: that may quote the upstream. */
function toCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

let lastSecond = -1;
let lastPrefix = '';
const MILLISECONDS = Array.from({ length: 1_000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`);

/** A busy process ends many requests in the same second. */
function toIsoTime(ms: number): string {
  const second = Math.floor(ms / 1_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastPrefix = new Date(second * 1_000).toISOString().slice(0, -'000Z'.length);
  }
  return lastPrefix + MILLISECONDS[ms - second * 1_000]!;
}
