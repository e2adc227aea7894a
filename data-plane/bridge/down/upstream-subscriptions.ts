import type { RpcNotification } from '../../mcp/json-rpc.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import type { DownSession } from './down-session.ts';

/** What a client wants to be told of (MCP 2026-07-28, Subscriptions). */
export interface SubscriptionFilter {
  readonly toolsListChanged?: true;
  readonly promptsListChanged?: true;
  readonly resourcesListChanged?: true;
  readonly resourceSubscriptions?: readonly string[];
}

/** One open `subscriptions/listen`. */
export interface Subscriber {
  readonly filter: SubscriptionFilter;
  onNotification(notification: RpcNotification): void;
  /** The session with the upstream is over. */
  onEnd(): void;
}

/** How many resources one stream may watch. */
const MAX_RESOURCES = 1_000;

const LISTS = {
  'notifications/tools/list_changed': 'toolsListChanged',
  'notifications/prompts/list_changed': 'promptsListChanged',
  'notifications/resources/list_changed': 'resourcesListChanged',
} as const;

/** The streams that are fed from one session. The upstream is subscribed to a resource while at least one of them watches it. */
export class UpstreamSubscriptions {
  readonly #session: DownSession;
  readonly #subscribers = new Set<Subscriber>();
  readonly #watchers = new Map<string, number>();

  constructor(session: DownSession) {
    this.#session = session;
  }

  get isUsed(): boolean {
    return this.#subscribers.size > 0;
  }

  /** The part of a filter that the upstream can serve. Subscribes it to the resources in it. */
  async honor(requested: JsonObject): Promise<SubscriptionFilter> {
    const { tools, prompts, resources } = this.#session.initialized.capabilities;
    const uris = has(resources, 'subscribe') ? await this.#watch(toUris(requested['resourceSubscriptions'])) : [];
    return {
      ...(requested['toolsListChanged'] === true && has(tools, 'listChanged') ? { toolsListChanged: true as const } : {}),
      ...(requested['promptsListChanged'] === true && has(prompts, 'listChanged') ? { promptsListChanged: true as const } : {}),
      ...(requested['resourcesListChanged'] === true && has(resources, 'listChanged') ? { resourcesListChanged: true as const } : {}),
      ...(uris.length > 0 ? { resourceSubscriptions: uris } : {}),
    };
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
  }

  /** Lets go of what {@link honor} granted. */
  delete(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    for (const uri of subscriber.filter.resourceSubscriptions ?? []) this.#unwatch(uri);
  }

  /** Whether it was a notification that only subscribers are told of. */
  onNotification(notification: RpcNotification): boolean {
    const isUpdate = notification.method === 'notifications/resources/updated';
    if (!isUpdate && !(notification.method in LISTS)) return false;
    for (const subscriber of this.#subscribers) if (matches(subscriber.filter, notification)) subscriber.onNotification(notification);
    return true;
  }

  end(): void {
    const subscribers = [...this.#subscribers];
    this.#subscribers.clear();
    for (const subscriber of subscribers) subscriber.onEnd();
  }

  async #watch(uris: readonly string[]): Promise<string[]> {
    const granted = await Promise.all(uris.map((uri) => this.#watchOne(uri)));
    return uris.filter((_, position) => granted[position]);
  }

  async #watchOne(uri: string): Promise<boolean> {
    this.#watchers.set(uri, (this.#watchers.get(uri) ?? 0) + 1);
    if (this.#watchers.get(uri) !== 1) return true;
    if ((await this.#session.ask('resources/subscribe', { uri })) !== undefined) return true;
    this.#unwatch(uri);
    return false;
  }

  #unwatch(uri: string): void {
    const left = (this.#watchers.get(uri) ?? 1) - 1;
    if (left > 0) return void this.#watchers.set(uri, left);
    this.#watchers.delete(uri);
    if (!this.#session.isOver) void this.#session.ask('resources/unsubscribe', { uri });
  }
}

function matches(filter: SubscriptionFilter, { method, params }: RpcNotification): boolean {
  if (method in LISTS) return filter[LISTS[method as keyof typeof LISTS]] === true;
  const uri = params?.['uri'];
  return typeof uri === 'string' && filter.resourceSubscriptions?.includes(uri) === true;
}

function toUris(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return [...new Set(value.filter((uri) => typeof uri === 'string'))].slice(0, MAX_RESOURCES);
}

function has(capability: unknown, feature: string): boolean {
  return isObject(capability) && capability[feature] === true;
}
