import { createHash } from 'node:crypto';
import { encodeSpan, SPAN_KIND, type Attributes, type Span } from '../../foundation/otlp/encoding.ts';
import { makeSpanId } from '../../foundation/trace-context.ts';
import type { Exchange } from '../request/exchange.ts';
import { withoutUriSecrets } from './traffic/uri-secrets.ts';
import type { HopRecord } from './upstream-hop.ts';

/** What a request does before something goes upstream, in this order. */
type Step = 'authorize' | 'credential';

/** The longest name that a client chose and a span shows, in characters. */
const MAX_NAME = 128;

/** Requests to upstreams that one request of a client can show. A bridged call may cause many. */
const MAX_HOPS = 32;

/** The times of one request, from which its spans are made when it is over. Made where traces are exported, before it is known which. */
export class RequestSpans {
  /** Decided when it is first needed: a message names its trace itself, and that is read late. */
  isSampled: boolean | undefined;
  readonly #startedAt = performance.now();
  #authorizeAt: number | undefined;
  #credentialAt: number | undefined;
  readonly #hops: HopRecord[] = [];

  begin(step: Step): void {
    if (step === 'authorize') this.#authorizeAt = performance.now();
    else this.#credentialAt = performance.now();
  }

  /** Notes a request to an upstream; undefined where there have been too many. */
  addHop(origin: string, method: string | undefined): HopRecord | undefined {
    if (this.#hops.length >= MAX_HOPS) return undefined;
    const record: HopRecord = {
      spanId: makeSpanId(),
      origin,
      method,
      startedAt: performance.now(),
      endedAt: undefined,
      status: undefined,
      failure: undefined,
    };
    this.#hops.push(record);
    return record;
  }

  /** The spans of a request that is over, encoded, the whole first. */
  encode(exchange: Exchange): string[] {
    const endedAt = performance.now();
    const { traceId, spanId, parent, state } = exchange.trace;
    const shared = toMessageAttributes(exchange);
    const spans: Span[] = [
      {
        traceId,
        spanId,
        parentSpanId: parent?.spanId,
        traceState: state,
        name: toName(exchange, undefined),
        kind: SPAN_KIND.server,
        startMs: toEpoch(this.#startedAt),
        endMs: toEpoch(endedAt),
        attributes: { ...shared, ...toServerAttributes(exchange) },
        isError: isOwnFault(exchange),
      },
    ];
    const part = { traceId, parentSpanId: spanId };
    const upstreamAt = this.#hops[0]?.startedAt ?? endedAt;
    if (this.#authorizeAt !== undefined) {
      const span = toStep('authorize', this.#authorizeAt, this.#credentialAt ?? endedAt);
      spans.push({ ...part, ...span, attributes: this.#credentialAt === undefined ? toRefusal(exchange) : {} });
    }
    if (this.#credentialAt !== undefined) {
      const span = toStep('credential', this.#credentialAt, upstreamAt);
      const isRefused = this.#hops.length === 0 && exchange.rejection !== undefined;
      spans.push({ ...part, ...span, isError: isRefused && isOwnFault(exchange), attributes: isRefused ? toRefusal(exchange) : {} });
    }
    for (const hop of this.#hops) spans.push({ ...part, ...toHopSpan(exchange, hop, endedAt), ...toHopAttributes(hop, shared) });
    return spans.map(encodeSpan);
  }
}

function toStep(name: Step, startedAt: number, endedAt: number) {
  return { spanId: makeSpanId(), name, kind: SPAN_KIND.internal, startMs: toEpoch(startedAt), endMs: toEpoch(endedAt), isError: false };
}

function toHopSpan(exchange: Exchange, hop: HopRecord, endedAt: number) {
  const times = { startMs: toEpoch(hop.startedAt), endMs: toEpoch(hop.endedAt ?? endedAt) };
  return { spanId: hop.spanId, name: toName(exchange, hop.method), kind: SPAN_KIND.client, ...times };
}

function toHopAttributes({ failure, method, origin, status }: HopRecord, shared: Attributes) {
  const url = URL.parse(origin);
  const isFailed = failure !== undefined || (status !== undefined && status >= 400);
  const attributes: Attributes = {
    ...shared,
    'mcp.method.name': method ?? shared['mcp.method.name'],
    'server.address': url?.hostname,
    'server.port': url === null ? undefined : Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    'http.response.status_code': status,
    'error.type': isFailed ? (failure ?? String(status)) : undefined,
  };
  return { attributes, isError: isFailed };
}

/** What the semantic conventions for MCP say of a message, on either side of the gateway. Arguments and results are never among it. */
function toMessageAttributes({ message, req, session }: Exchange): Attributes {
  const { method } = message ?? {};
  const name = message?.name?.slice(0, MAX_NAME);
  return {
    'mcp.method.name': method?.slice(0, MAX_NAME),
    'mcp.protocol.version': req.headers['mcp-protocol-version']?.toString().slice(0, MAX_NAME),
    'mcp.session.id': session === undefined ? undefined : toSessionHash(session.id),
    'jsonrpc.request.id': message?.kind === 'request' ? String(message.id).slice(0, MAX_NAME) : undefined,
    'rpc.system.name': 'jsonrpc',
    'gen_ai.operation.name': method === 'tools/call' ? 'execute_tool' : undefined,
    'gen_ai.tool.name': method === 'tools/call' ? name : undefined,
    'gen_ai.prompt.name': method === 'prompts/get' ? name : undefined,
    'mcp.resource.uri': method?.startsWith('resources/') === true && name !== undefined ? withoutUriSecrets(name) : undefined,
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
    'network.protocol.version': req.httpVersion,
  };
}

function toServerAttributes(exchange: Exchange): Attributes {
  const { caller, outcome, rejection, req, res, target } = exchange;
  return {
    'http.request.method': req.method,
    'http.response.status_code': res.statusCode,
    'sluice.organization.id': target?.server.organizationId,
    'sluice.workspace.id': target?.workspace.id,
    'sluice.server.id': target?.server.id,
    'sluice.key.id': caller?.kind === 'API_KEY' ? caller.keyId : undefined,
    'sluice.client.id': caller?.kind === 'API_KEY' ? undefined : caller?.clientId,
    'sluice.user.id': caller?.subject.kind === 'USER' ? caller.subject.userId : undefined,
    'sluice.outcome': outcome,
    'error.type': rejection?.reason ?? toFailure(exchange),
    'rpc.response.status_code': toErrorCode(exchange),
    'sluice.rule.id': rejection?.reason === 'capability_hidden' ? (rejection.ruleId ?? undefined) : undefined,
  };
}

/** What an answer says of itself is known where it was looked into for the log of interactions. */
function toFailure({ answerFacts, outcome }: Exchange): string | undefined {
  if (outcome === 'failed' || outcome === 'upstream_failed') return outcome;
  return answerFacts?.isToolError === true ? 'tool_error' : answerFacts?.errorCode?.toString();
}

function toErrorCode(exchange: Exchange): string | undefined {
  const { answerFacts, rejection } = exchange;
  return rejection === undefined ? answerFacts?.errorCode?.toString() : String(exchange.toWire(rejection).code);
}

function toRefusal({ rejection }: Exchange): Attributes {
  return { 'error.type': rejection?.reason };
}

/** What the caller did wrong is no error of the gateway (OpenTelemetry, HTTP spans, Status). */
function isOwnFault({ outcome, res }: Exchange): boolean {
  return outcome === 'failed' || outcome === 'upstream_failed' || res.statusCode >= 500;
}

/** As the conventions name spans: the method, and what it is about where that is one of few. */
function toName({ message, req }: Exchange, own: string | undefined): string {
  if (own !== undefined && own !== message?.method) return own;
  if (message === undefined) return req.method ?? '';
  const method = (message.method ?? message.kind).slice(0, MAX_NAME);
  const isNamed = method === 'tools/call' || method === 'prompts/get';
  return isNamed && message.name !== undefined ? `${method} ${message.name.slice(0, MAX_NAME)}` : method;
}

/** A session's id opens it; its digest only tells sessions apart. */
function toSessionHash(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16);
}

function toEpoch(ms: number): number {
  return performance.timeOrigin + ms;
}
