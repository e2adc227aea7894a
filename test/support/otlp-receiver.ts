import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './eventually.ts';

type Plain = string | number | boolean;

/** A span as a collector sees it, with its attributes as an object. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, Plain>>;
  /** 2 is an error. */
  readonly status: number | undefined;
  /** Which service sent it. */
  readonly service: Plain | undefined;
}

export interface ReceivedLog {
  readonly body: string;
  readonly severity: string;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly attributes: Readonly<Record<string, Plain>>;
  readonly service: Plain | undefined;
}

export interface ReceivedMetric {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly {
    readonly attributes: Readonly<Record<string, Plain>>;
    readonly value: number | undefined;
    readonly count: number | undefined;
  }[];
  readonly service: Plain | undefined;
}

/** A collector for OTLP over HTTP with JSON, as small as a test needs it. */
export interface OtlpReceiver {
  /** Its base URL. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly logs: readonly ReceivedLog[];
  readonly metrics: readonly ReceivedMetric[];
  /** Everything that was sent, to the byte. */
  readonly bodies: readonly string[];
  readonly headers: readonly IncomingHttpHeaders[];
  /** Answers all requests with this status from now on; 200 takes what is sent. */
  answerWith(status: number, body?: object): void;
  /** How many requests came, whatever they were answered with. */
  readonly requests: number;
  /** The spans of a trace, once there are so many. */
  waitForTrace(traceId: string, count: number): Promise<readonly ReceivedSpan[]>;
  close(): Promise<void>;
}

/** Starts a collector. With a port, it is one that was away and comes back. */
export async function startOtlpReceiver(port = 0): Promise<OtlpReceiver> {
  const [spans, logs, metrics, bodies, headers]: [ReceivedSpan[], ReceivedLog[], ReceivedMetric[], string[], IncomingHttpHeaders[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  let answer: { status: number; body: object } = { status: 200, body: {} };
  let requests = 0;
  const server: Server = createServer(async (req, res) => {
    let text = '';
    for await (const chunk of req.setEncoding('utf8')) text += chunk as string;
    requests++;
    if (answer.status === 200) {
      bodies.push(text);
      headers.push(req.headers);
      const json: Json = JSON.parse(text);
      if (req.url === '/v1/traces') spans.push(...readSpans(json));
      else if (req.url === '/v1/logs') logs.push(...readLogs(json));
      else if (req.url === '/v1/metrics') metrics.push(...readMetrics(json));
      else answer = { status: 404, body: {} };
    }
    res.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    logs,
    metrics,
    bodies,
    headers,
    answerWith: (status, body = {}) => void (answer = { status, body }),
    get requests() {
      return requests;
    },
    waitForTrace: (traceId, count) =>
      eventually(async () => {
        const found = spans.filter((span) => span.traceId === traceId);
        if (found.length < count) throw new Error(`${found.length} of ${count} spans: ${JSON.stringify(found.map(({ name }) => name))}`);
        return found;
      }),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

// oxlint-disable-next-line typescript/no-explicit-any
type Json = any;

function readSpans(json: Json): ReceivedSpan[] {
  return each(json.resourceSpans, 'scopeSpans', 'spans').map(({ item, service }) => toReceivedSpan(item, service));
}

/** A span as it was encoded. */
export function toReceivedSpan(item: Json, service?: Plain): ReceivedSpan {
  return {
    traceId: item.traceId,
    spanId: item.spanId,
    parentSpanId: item.parentSpanId,
    name: item.name,
    kind: item.kind,
    startMs: Number(item.startTimeUnixNano) / 1e6,
    endMs: Number(item.endTimeUnixNano) / 1e6,
    attributes: toObject(item.attributes),
    status: item.status?.code,
    service,
  };
}

function readLogs(json: Json): ReceivedLog[] {
  return each(json.resourceLogs, 'scopeLogs', 'logRecords').map(({ item, service }) => ({
    body: item.body.stringValue,
    severity: item.severityText,
    traceId: item.traceId,
    spanId: item.spanId,
    attributes: toObject(item.attributes),
    service,
  }));
}

function readMetrics(json: Json): ReceivedMetric[] {
  return each(json.resourceMetrics, 'scopeMetrics', 'metrics').map(({ item, service }) => ({
    name: item.name,
    unit: item.unit,
    points: (item.sum ?? item.gauge ?? item.histogram).dataPoints.map((point: Json) => ({
      attributes: toObject(point.attributes),
      value: point.asDouble,
      count: point.count === undefined ? undefined : Number(point.count),
    })),
    service,
  }));
}

function each(resources: Json, scopes: string, items: string): { item: Json; service: Plain | undefined }[] {
  return resources.flatMap((resource: Json) => {
    const service = toObject(resource.resource.attributes)['service.name'];
    return resource[scopes].flatMap((scope: Json) => scope[items].map((item: Json) => ({ item, service })));
  });
}

function toObject(attributes: Json): Record<string, Plain> {
  const entries = attributes.map(({ key, value }: Json) => [
    key,
    value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue),
  ]);
  return Object.fromEntries(entries);
}
