import type { Era } from '../mcp/message.ts';
import type { Caller } from '../request/caller.ts';
import type { Exchange } from '../request/exchange.ts';
import type { Target } from '../request/target.ts';
import type { LineBuffer } from './line-buffer.ts';
import { RememberedBytes } from './remembered-bytes.ts';

const HEAD = '{"level":"info","time":"';
const BODY = Buffer.from(`","service":"data-plane","pid":${process.pid},"event":"request","http":"`);
const STATUS = Buffer.from(',"status":');
const TRACE_ID = Buffer.from('","traceId":"');
const MS = Buffer.from('","ms":');
const UPSTREAM_MS = Buffer.from(',"upstreamMs":');
const REQUEST_BYTES = Buffer.from(',"requestBytes":');
const RESPONSE_BYTES = Buffer.from(',"responseBytes":');

/**
 * Writes a finished request as one line of JSON, in the form of the other log lines. Put together by hand, because a general logger walks
 * every value for secrets that cannot be in it and formats the time anew: that costs more than all checks of a request together.
 * Texts that a client or the snapshot chose are always written as JSON strings.
 */
export function writeAccessLogLine(lines: LineBuffer, exchange: Exchange, nowMs: number, durationMs: number): void {
  const { message, rejection } = exchange;
  writeTime(lines, nowMs);
  lines.bytes(BODY).ascii(exchange.req.method!).ascii('"');
  writePeople(lines, exchange);
  if (message !== undefined) lines.bytes(METHODS[message.era].find(message.method ?? message.kind));
  lines.bytes(STATUS).number(exchange.res.statusCode).ascii(',"outcome":"').ascii(exchange.outcome);
  if (rejection === undefined) lines.bytes(TRACE_ID);
  else {
    lines.ascii(`","reason":"${rejection.reason}"`);
    if ('cause' in rejection) lines.text(text('code', toCode(rejection.cause)));
    if (rejection.reason === 'token_invalid') lines.text(text('fault', rejection.fault));
    if (rejection.reason === 'capability_hidden') lines.text(text('rule', rejection.ruleId ?? undefined));
    if ('limitId' in rejection) lines.text(text('limit', rejection.limitId));
    lines.ascii(',"traceId":"');
  }
  lines.ascii(exchange.trace.traceId);
  if (exchange.spans?.isSampled === true) lines.ascii('","spanId":"').ascii(exchange.trace.spanId);
  lines.bytes(MS).number(durationMs);
  if (exchange.upstreamMs !== undefined) lines.bytes(UPSTREAM_MS).number(exchange.upstreamMs);
  lines.bytes(REQUEST_BYTES).number(exchange.requestBytes).bytes(RESPONSE_BYTES).number(exchange.responseBytes).ascii('}\n');
}

/** Who calls where. Most callers come again and again to the same server. */
function writePeople(lines: LineBuffer, { caller, names, target }: Exchange): void {
  if (caller === undefined || target === undefined) {
    const place = text('workspace', target?.workspace.id ?? names?.workspace) + text('server', target?.server.id ?? names?.server);
    lines.text(place + toCaller(caller));
    return;
  }
  let last = lastPeople.get(caller);
  if (last?.route !== target.route || last.server !== target.server) {
    const people = text('workspace', target.workspace.id) + text('server', target.server.id) + toCaller(caller);
    lastPeople.set(caller, (last = { route: target.route, server: target.server, bytes: Buffer.from(people) }));
  }
  lines.bytes(last.bytes);
}

interface People extends Pick<Target, 'route' | 'server'> {
  readonly bytes: Buffer;
}

const lastPeople = new WeakMap<Caller, People>();

function toCaller(caller: Caller | undefined): string {
  if (caller === undefined) return '';
  const by = caller.kind === 'API_KEY' ? text('key', caller.keyId) : text('client', caller.clientId);
  return by + text('user', caller.subject.kind === 'USER' ? caller.subject.userId : undefined);
}

const MAX_METHODS = 200;
const METHODS: Readonly<Record<Era, RememberedBytes>> = {
  legacy: new RememberedBytes(MAX_METHODS, (method) => toMethod('legacy', method)),
  modern: new RememberedBytes(MAX_METHODS, (method) => toMethod('modern', method)),
};

function toMethod(era: Era, method: string): string {
  return `,"era":"${era}","method":${JSON.stringify(method)}`;
}

function text(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** An error's code, or its name. Never its message: that may quote the upstream. */
function toCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

let lastSecond = -1;
let lastPrefix = Buffer.alloc(0);
const MILLISECONDS = Array.from({ length: 1_000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`);

/** A busy process ends many requests in the same second. */
function writeTime(lines: LineBuffer, ms: number): void {
  const second = Math.floor(ms / 1_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastPrefix = Buffer.from(HEAD + new Date(second * 1_000).toISOString().slice(0, -'000Z'.length));
  }
  lines.bytes(lastPrefix).ascii(MILLISECONDS[ms - second * 1_000]!);
}
