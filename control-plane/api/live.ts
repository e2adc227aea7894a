import { checkScope, type Action } from '../authorization/index.ts';
import type { ApiContext } from './context.ts';

/** What can be followed. The object is the topic's identity; the composition root binds it to a source. */
export interface LiveTopic<Args, Event> {
  readonly name: string;
  /** Never there: it carries the types. */
  readonly types?: (args: Args) => Event;
}

/**
 * Opens what a subscription follows, until the signal says that nobody reads any more.
 * @throws {AccessError} where the caller may not follow it.
 */
export type LiveSource<Args, Event> = (args: Args, context: ApiContext, signal: AbortSignal) => Promise<AsyncIterable<Event>>;

/** The sources of all topics. */
export class LiveSources {
  readonly #sources = new Map<object, LiveSource<never, unknown>>();

  bind<Args, Event>(topic: LiveTopic<Args, Event>, source: LiveSource<Args, Event>): this {
    this.#sources.set(topic, source as LiveSource<never, unknown>);
    return this;
  }

  open<Args, Event>(topic: LiveTopic<Args, Event>, args: Args, context: ApiContext, signal: AbortSignal): Promise<AsyncIterable<Event>> {
    const source = this.#sources.get(topic) as LiveSource<Args, Event> | undefined;
    if (source === undefined) throw new Error(`nothing is bound to ${topic.name}`);
    return source(args, context, signal);
  }
}

/** A subscription as it runs. */
export interface LiveStream {
  readonly sources: LiveSources;
  /** Aborted when the stream ends, for whatever reason. */
  readonly signal: AbortSignal;
}

/**
 * The `subscribe` of a subscription field: follows a topic with the arguments of the field.
 * @param action what the field performs. Its middleware runs with each event; this is before the first one.
 */
export function followTopic<Args, Event>(topic: LiveTopic<Args, Event>, action: Action) {
  return ({ args, context }: { readonly args: unknown; readonly context: ApiContext }): Promise<AsyncIterable<Event>> => {
    if (context.live === undefined) throw new Error('a subscription runs on a stream');
    checkScope(context.access, action);
    return context.live.sources.open(topic, args as Args, context, context.live.signal);
  };
}

/** Events between somebody who must not wait and somebody who may be slow. Bounded: whoever falls too far behind is cut off. */
export class LiveQueue<Event> implements AsyncIterable<Event> {
  readonly #events: Event[] = [];
  readonly #maxEvents: number;
  #isEnded = false;
  #wake: (() => void) | undefined;

  constructor(maxEvents: number, signal: AbortSignal) {
    this.#maxEvents = maxEvents;
    if (signal.aborted) this.end();
    signal.addEventListener('abort', () => this.end(), { once: true });
  }

  push(event: Event): void {
    if (this.#isEnded) return;
    if (this.#events.length >= this.#maxEvents) this.end();
    else this.#events.push(event);
    this.#wake?.();
  }

  /** What waits is not delivered any more. */
  end(): void {
    this.#isEnded = true;
    this.#events.length = 0;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
    while (!this.#isEnded) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
