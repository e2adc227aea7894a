import { AsyncLocalStorage } from 'node:async_hooks';
import { encodeSpan, SPAN_KIND, type Attributes } from '../../foundation/otlp/encoding.ts';
import type { Sampler } from '../../foundation/otlp/sampler.ts';
import { makeSpanId, makeTraceId, parseTraceparent, type TraceParent } from '../../foundation/trace-context.ts';

/** What the control plane does by itself, and what it is asked to do. A closed list: each is a label of metrics and a name of spans. */
export type Work = 'graphql' | 'publish' | 'token_renewal' | 'token_question' | 'health_check' | 'traffic_write';

/** How a piece of work ended, in a word of a fixed set. */
export type WorkOutcome = string;

/** A piece of work that is under way. */
export interface ObservedWork {
  /** Only the first end counts. @param attributes what the span says beside; never anything secret. */
  end(outcome: WorkOutcome, isError: boolean, attributes?: Attributes): void;
}

/** What a piece of work is called. */
export interface WorkName {
  readonly work: Work;
  /** What the span is called, where that is more than the kind of work. */
  readonly name?: string;
  /** The `traceparent` of whoever asked for it. */
  readonly traceparent?: string | undefined;
}

/** Told of every piece of work when it is over. */
export type NoteWork = (work: Work, outcome: WorkOutcome, seconds: number) => void;

/** Where spans go; undefined where nothing is exported. */
export interface SpanExport {
  readonly sampler: Sampler;
  readonly add: (span: string) => void;
}

interface OpenSpan {
  readonly parent: TraceParent | undefined;
  readonly own: TraceParent;
}

/** The span of the work that is being observed: what it causes is a part of it. */
const current = new AsyncLocalStorage<TraceParent>();

/** Measures the work of the process, for its metrics and its traces. */
export class WorkObserver {
  readonly #note: NoteWork;
  readonly #spans: SpanExport | undefined;

  constructor(note: NoteWork, spans?: SpanExport) {
    this.#note = note;
    this.#spans = spans;
  }

  begin(name: WorkName): ObservedWork {
    return this.#begin(name, this.#spans === undefined ? undefined : this.#openSpan(name));
  }

  #begin({ work, name = work, traceparent }: WorkName, opened: OpenSpan | undefined): ObservedWork {
    const startedAt = performance.now();
    let isOver = false;
    return {
      end: (outcome, isError, attributes = {}) => {
        if (isOver) return;
        isOver = true;
        const endedAt = performance.now();
        this.#note(work, outcome, (endedAt - startedAt) / 1_000);
        if (opened?.own.isSampled !== true) return;
        const span = {
          traceId: opened.own.traceId,
          spanId: opened.own.spanId,
          parentSpanId: opened.parent?.spanId,
          name,
          kind: traceparent === undefined && work !== 'graphql' ? SPAN_KIND.internal : SPAN_KIND.server,
          startMs: performance.timeOrigin + startedAt,
          endMs: performance.timeOrigin + endedAt,
          attributes: { 'sluice.work': work, 'sluice.outcome': outcome, 'error.type': isError ? outcome : undefined, ...attributes },
          isError,
        };
        this.#spans?.add(encodeSpan(span));
      },
    };
  }

  /** A part of the trace of whoever asked for it, or of the work that it is done for, or the beginning of a trace. */
  #openSpan({ traceparent }: WorkName): OpenSpan {
    const parent = traceparent === undefined ? current.getStore() : parseTraceparent(traceparent);
    const traceId = parent?.traceId ?? makeTraceId();
    const isSampled = this.#spans?.sampler(traceId, parent?.isSampled) === true;
    return { parent, own: { traceId, spanId: makeSpanId(), isSampled } };
  }

  /** Observes work whose result says how it ended. What it throws is an end, too. */
  async observe<Value>(name: WorkName, run: () => Promise<Value>, toOutcome: (value: Value) => WorkOutcome): Promise<Value> {
    const opened = this.#spans === undefined ? undefined : this.#openSpan(name);
    const observed = this.#begin(name, opened);
    try {
      const value = await (opened === undefined ? run() : current.run(opened.own, run));
      observed.end(toOutcome(value), false);
      return value;
    } catch (cause) {
      observed.end('failed', true);
      throw cause;
    }
  }
}
