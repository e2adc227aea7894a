// OTLP as JSON (OpenTelemetry protocol 1.x, JSON Protobuf Encoding): numbers of 64 bits are texts, ids are hexadecimal. Pure.

/** The value of an attribute. Those that are undefined are left out. */
export type AttributeValue = string | number | boolean | undefined;

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The longest text of an attribute, in characters; longer ones are cut. */
const MAX_TEXT = 4_096;

/** What a span is to the one that it is part of (OTLP, `Span.SpanKind`). */
export const SPAN_KIND = { internal: 1, server: 2, client: 3 } as const;

/** A finished span. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** As it came. */
  readonly traceState?: string | undefined;
  readonly name: string;
  readonly kind: (typeof SPAN_KIND)[keyof typeof SPAN_KIND];
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  /** Whether what the span stands for failed, in the eyes of whoever did it. */
  readonly isError: boolean;
}

/** OTLP, `Status.StatusCode`. */
const STATUS_ERROR = 2;

export function encodeSpan(span: Span): string {
  return JSON.stringify({
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: toNanoseconds(span.startMs),
    endTimeUnixNano: toNanoseconds(span.endMs),
    attributes: toAttributes(span.attributes),
    status: span.isError ? { code: STATUS_ERROR } : {},
  });
}

/** OTLP, `SeverityNumber`, by the levels of the log. */
const SEVERITIES: Readonly<Record<string, number>> = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 };

/** What a log line says in other places of a record. */
const NOT_ATTRIBUTES: ReadonlySet<string> = new Set(['level', 'time', 'service', 'pid', 'event', 'msg', 'traceId', 'spanId']);

/** A line of the log as a record, with what it says and nothing else; undefined where it is no such line. */
export function encodeLogLine(line: string): string | undefined {
  const fields = parseLine(line);
  if (fields === undefined) return undefined;
  const { level, time, event, msg, traceId, spanId } = fields;
  const attributes = Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !NOT_ATTRIBUTES.has(name))
      .map(([name, value]) => [name, toPlain(value)]),
  );
  const timeUnixNano = toNanoseconds(Date.parse(String(time)));
  return JSON.stringify({
    timeUnixNano,
    observedTimeUnixNano: timeUnixNano,
    severityNumber: SEVERITIES[String(level)],
    severityText: level,
    eventName: event,
    body: { stringValue: String(msg ?? event) },
    attributes: toAttributes(attributes),
    traceId,
    spanId,
  });
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const fields = JSON.parse(line) as unknown;
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : undefined;
  } catch {
    // Not of the log's form, so not a line of it.
    return undefined;
  }
}

function toPlain(value: unknown): AttributeValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);
}

/** Attributes as OTLP writes them. */
export function toAttributes(attributes: Attributes): object[] {
  const encoded: object[] = [];
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) encoded.push({ key, value: toAnyValue(value) });
  }
  return encoded;
}

function toAnyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** As a text, because a double does not hold nanoseconds since 1970. Microseconds are all that is known. */
export function toNanoseconds(ms: number): string {
  return `${Math.round(ms * 1_000)}000`;
}
