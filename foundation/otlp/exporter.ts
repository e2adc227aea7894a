import type { Agent as HttpAgent, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Logger } from '../logger.ts';
import { Agent, request } from '../node-http.ts';
import { toAttributes, type Attributes } from './encoding.ts';
import type { OtlpSettings } from './variables.ts';

/** What OTLP calls the three signals in its paths and messages. */
const SIGNALS = {
  traces: { path: '/v1/traces', resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' },
  metrics: { path: '/v1/metrics', resources: 'resourceMetrics', scopes: 'scopeMetrics', items: 'metrics' },
  logs: { path: '/v1/logs', resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' },
} as const;

export type Signal = keyof typeof SIGNALS;

/** How much waits to be exported at most, of each signal: a collector that is away must not cost the process its memory. */
const MAX_QUEUED = 8_192;
const MAX_QUEUED_CHARACTERS = 8 * 1024 * 1024;

/** What goes in one request at most. */
const MAX_BATCH = 512;
const MAX_BATCH_CHARACTERS = 1024 * 1024;

/** How often a batch is sent before it is given up, and the first pause between, in milliseconds; each further one is twice as long. */
const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

/** The largest answer of a collector that is read, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** What a collector says when it cannot take something now and can later (OTLP/HTTP, Failures). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What an exporter needs of its process. */
export interface OtlpExporterOptions {
  readonly settings: OtlpSettings;
  readonly signal: Signal;
  /** What is said of the process. */
  readonly resource: Attributes;
  readonly version: string;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
}

/** What became of what was to be exported. */
export interface ExportCounts {
  readonly exported: number;
  /** Dropped: there was no room, the collector refused it, or it was away for too long. */
  readonly dropped: number;
  readonly queued: number;
}

/**
 * Sends one signal to a collector, in batches and never in anybody's way: what is added waits in a bounded queue, and what finds no room there
 * is dropped and counted. A collector that is away is tried again with growing pauses.
 */
export class OtlpExporter {
  readonly #options: OtlpExporterOptions;
  readonly #agent: HttpAgent;
  readonly #head: string;
  readonly #tail = ']}]}]}';
  #queue: string[] = [];
  #characters = 0;
  #exported = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isFailing = false;
  #isClosing = false;
  #wake: (() => void) | undefined;

  constructor(options: OtlpExporterOptions) {
    const { settings, signal, resource, version } = options;
    const { resources, scopes, items } = SIGNALS[signal];
    const all = { ...resource, ...Object.fromEntries(settings.resource) };
    const scope = JSON.stringify({ name: 'sluice', version });
    this.#options = options;
    this.#agent = settings.endpoint.startsWith('https:') ? new HttpsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    this.#head = `{"${resources}":[{"resource":{"attributes":${JSON.stringify(toAttributes(all))}},"${scopes}":[{"scope":${scope},"${items}":[`;
  }

  get counts(): ExportCounts {
    return { exported: this.#exported, dropped: this.#dropped, queued: this.#queue.length };
  }

  /** Adds one item of the signal, encoded. Never waits and never fails. */
  add(item: string): void {
    if (this.#isClosing || this.#queue.length >= MAX_QUEUED || this.#characters + item.length > MAX_QUEUED_CHARACTERS) {
      this.#dropped++;
      return;
    }
    this.#queue.push(item);
    this.#characters += item.length;
    if (this.#queue.length >= MAX_BATCH) return this.#send();
    if (this.#timer !== undefined || this.#sending !== undefined) return;
    this.#timer = setTimeout(() => this.#send(), this.#options.settings.batchDelayMs);
    this.#timer.unref();
  }

  /** Sends what waits, once and within the collector's time, and lets go of the connections. What is left is counted as dropped. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wake?.();
    await this.#sending;
    while (this.#queue.length > 0 && !this.#isFailing) await this.#sendBatch();
    this.#drop(this.#queue.length);
    this.#queue = [];
    this.#agent.destroy();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#queue.length > 0 && !this.#isClosing) this.#send();
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isClosing) await this.#sendBatch();
  }

  async #sendBatch(): Promise<void> {
    const items = this.#takeBatch();
    const body = this.#head + items.join(',') + this.#tail;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#post(body);
      if (outcome.kind === 'accepted') {
        this.#exported += items.length - outcome.rejected;
        this.#drop(outcome.rejected);
        return this.#noteSuccess();
      }
      this.#noteFailure(outcome.reason);
      if (outcome.kind === 'refused' || attempt >= MAX_ATTEMPTS || this.#isClosing) return this.#drop(items.length);
      await this.#pause(outcome.retryAfterMs ?? toPause(attempt));
    }
  }

  #takeBatch(): string[] {
    let count = 0;
    let characters = 0;
    while (count < this.#queue.length && count < MAX_BATCH && (count === 0 || characters < MAX_BATCH_CHARACTERS)) {
      characters += this.#queue[count++]!.length;
    }
    this.#characters -= characters;
    return this.#queue.splice(0, count);
  }

  #drop(count: number): void {
    this.#dropped += count;
  }

  /** Said once, not with each batch. */
  #noteFailure(reason: string): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.logger.warn({ event: 'otlp_export_failed', signal: this.#options.signal, reason });
  }

  #noteSuccess(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#options.logger.info({ event: 'otlp_export_recovered', signal: this.#options.signal, dropped: this.#dropped });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isClosing) this.#wake();
    });
  }

  #post(body: string): Promise<PostOutcome> {
    const { settings, signal } = this.#options;
    const url = new URL(settings.endpoint + SIGNALS[signal].path);
    const headers: Record<string, string> = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    for (const [name, value] of settings.headers) headers[name] = value.reveal();
    const options: RequestOptions = { method: 'POST', headers, agent: this.#agent, timeout: settings.timeoutMs };
    return new Promise((resolve) => {
      const send = url.protocol === 'https:' ? httpsRequest : request;
      const req = send(url, options, (res) => void readOutcome(res).then(resolve));
      // An error's text may repeat what was sent; its code does not.
      req.on('error', (error: NodeJS.ErrnoException) => resolve({ kind: 'failed', reason: error.code ?? error.name }));
      req.on('timeout', () => req.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
      req.end(body);
    });
  }
}

type PostOutcome =
  | { readonly kind: 'accepted'; readonly rejected: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'refused'; readonly reason: string };

async function readOutcome(res: IncomingMessage): Promise<PostOutcome> {
  const status = res.statusCode ?? 0;
  const text = await readText(res);
  if (status >= 200 && status < 300) return { kind: 'accepted', rejected: findRejected(text) };
  const reason = `status ${status}`;
  if (!RETRYABLE.has(status)) return { kind: 'refused', reason };
  const seconds = Number(res.headers['retry-after']);
  return { kind: 'failed', reason, retryAfterMs: seconds > 0 ? Math.min(seconds * 1_000, MAX_PAUSE_MS) : undefined };
}

async function readText(res: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of res) {
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_ANSWER_BYTES) break;
      chunks.push(chunk as Buffer);
    }
  } catch {
    // The status has been said; what the rest would have been does not matter.
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** How many items a collector took the request of and not them (OTLP/HTTP, Partial Success). */
function findRejected(text: string): number {
  try {
    const { partialSuccess = {} } = JSON.parse(text) as { partialSuccess?: Record<string, unknown> };
    return Number(partialSuccess['rejectedSpans'] ?? partialSuccess['rejectedDataPoints'] ?? partialSuccess['rejectedLogRecords'] ?? 0);
  } catch {
    // Collectors may answer with nothing at all.
    return 0;
  }
}

/** Processes that lost the same collector should not all come back at the same moment. */
function toPause(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), MAX_PAUSE_MS) * (0.5 + Math.random() / 2);
}
