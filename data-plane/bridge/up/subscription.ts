import { isObject, type JsonObject } from '../../mcp/message.ts';
import { isCredentialRefusal, type Rejection } from '../../request/rejection.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { BridgedSession } from './bridged-session.ts';
import type { ModernCall, ModernListener } from './modern-call.ts';
import { toLegacyNotification } from './to-legacy.ts';
import type { UpstreamSide } from './upstream-side.ts';

/** What a client wants to hear of (MCP 2026-07-28, Subscriptions). */
export interface Filter {
  readonly toolsListChanged?: true;
  readonly promptsListChanged?: true;
  readonly resourcesListChanged?: true;
  readonly resourceSubscriptions?: readonly string[];
}

/** What a subscription works with. */
export interface SubscriptionContext {
  readonly upstream: UpstreamSide;
  /** The call whose credential and client it has: the GET that it feeds. */
  readonly call: AdmittedCall;
  readonly session: BridgedSession;
  readonly onNotification: (message: JsonObject) => void;
}

/** The first and the longest pause before a lost stream is opened again, in milliseconds. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

/** How long an upstream may take to say what it agrees to, in milliseconds, until somebody who waits for it is told that it does not. */
const AGREEMENT_WAIT_MS = 10_000;

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

/**
 * The upstream half of a client's GET stream: one `subscriptions/listen` that is opened again when it is lost, and replaced when the client
 * wants to hear of something else. What may have been missed in between is announced as changed.
 */
export class Subscription {
  readonly #context: SubscriptionContext;
  #filter: Filter = {};
  #current: ModernCall | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #retry: NodeJS.Timeout | undefined;
  #hasLost = false;
  #isOver = false;

  constructor(context: SubscriptionContext) {
    this.#context = context;
  }

  /** Listens for what the filter names, and for nothing else. Resolves with what the upstream agreed to. */
  listen(filter: Filter): Promise<Filter> {
    this.#filter = filter;
    clearTimeout(this.#retry);
    const previous = this.#current;
    this.#current = undefined;
    if (this.#isOver || Object.keys(filter).length === 0) {
      previous?.abort();
      return Promise.resolve({});
    }
    return new Promise((resolve) => {
      const settle = (agreed: Filter) => {
        clearTimeout(impatience);
        // The old stream goes on until the new one is there, so that no change falls in between.
        previous?.abort();
        resolve(agreed);
      };
      const impatience = setTimeout(settle, AGREEMENT_WAIT_MS, {});
      this.#open(settle);
    });
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#retry);
    this.#current?.abort();
  }

  #open(onSettled: (agreed: Filter) => void): void {
    const { call, session, upstream } = this.#context;
    const listener: ModernListener = {
      onStream() {},
      onNotification: (message) => {
        if (this.#isOver) return;
        upstream.listChanges.noteMessage(call.target.server.id, message['method']);
        if (message['method'] !== ACKNOWLEDGED) return this.#context.onNotification(toLegacyNotification(message));
        onSettled(toFilter(message));
        this.#onAcknowledged(toFilter(message));
      },
      onResponse: ({ error }) => {
        onSettled({});
        if (this.#current === opened) this.#onClosed(isObject(error));
      },
      onFailure: (rejection) => {
        onSettled({});
        if (this.#current === opened) this.#onLost(rejection);
      },
    };
    const opened = upstream.send(call, session, { method: 'subscriptions/listen', params: { notifications: this.#filter } }, listener);
    this.#current = opened;
  }

  #onAcknowledged(agreed: Filter): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    if (!this.#hasLost) return;
    this.#hasLost = false;
    for (const message of toAnnouncements(agreed)) this.#context.onNotification(message);
  }

  /** An upstream that refuses to be listened to will do so again; one that ends a stream in good order is about to restart. */
  #onClosed(isRefusal: boolean): void {
    this.#current = undefined;
    if (!isRefusal) this.#scheduleRetry();
  }

  #onLost(rejection: Rejection): void {
    this.#current = undefined;
    if (!isCredentialRefusal(rejection)) this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    if (this.#isOver) return;
    this.#hasLost = true;
    this.#retry = setTimeout(() => this.#open(() => undefined), this.#pauseMs);
    this.#retry.unref();
    this.#pauseMs = Math.min(MAX_PAUSE_MS, 2 * this.#pauseMs);
  }
}

/**
 * What is to be heard of, given the upstream's capabilities and the resources a client watches. Where the capabilities are not known,
 * everything: the upstream says what of it there is.
 */
export function toWantedFilter(capabilities: JsonObject | undefined, watched: ReadonlySet<string>): Filter {
  const offers = (name: string, feature: string) => {
    const capability = capabilities?.[name];
    return capabilities === undefined || (isObject(capability) && capability[feature] === true);
  };
  return {
    ...(offers('tools', 'listChanged') && { toolsListChanged: true }),
    ...(offers('prompts', 'listChanged') && { promptsListChanged: true }),
    ...(offers('resources', 'listChanged') && { resourcesListChanged: true }),
    ...(watched.size > 0 && { resourceSubscriptions: [...watched] }),
  };
}

function toFilter(acknowledgement: JsonObject): Filter {
  const params = acknowledgement['params'];
  const notifications = isObject(params) ? params['notifications'] : undefined;
  return isObject(notifications) ? notifications : {};
}

function toAnnouncements(agreed: Filter): JsonObject[] {
  const lists = [
    agreed.toolsListChanged === true ? 'notifications/tools/list_changed' : undefined,
    agreed.promptsListChanged === true ? 'notifications/prompts/list_changed' : undefined,
    agreed.resourcesListChanged === true ? 'notifications/resources/list_changed' : undefined,
  ].filter((method) => method !== undefined);
  const uris = Array.isArray(agreed.resourceSubscriptions) ? agreed.resourceSubscriptions : [];
  return [
    ...lists.map((method) => ({ jsonrpc: '2.0', method })),
    ...uris.map((uri) => ({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } })),
  ];
}
