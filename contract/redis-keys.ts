/**
 * Every Redis key and channel of one gateway. All carry the same hash tag, so on a Redis Cluster they live in one slot. Only what data
 * planes report has tags of its own: it is most of the traffic, and a cluster spreads it.
 */
export class RedisKeys {
  readonly #gateway: string;
  readonly #tag: string;

  /** @param gateway the gateway's name: the data-plane deployment that the keys belong to. */
  constructor(gateway: string) {
    this.#gateway = gateway;
    this.#tag = `{sluice:${gateway}}`;
  }

  /** String: the current revision. Only moves forward. */
  revision(): string {
    return `${this.#tag}:revision`;
  }

  /** String: the manifest of a revision, JSON. */
  manifest(revision: number): string {
    return `${this.#tag}:manifest:${revision}`;
  }

  /** String: what a revision changed against the one before it, JSON. */
  delta(revision: number): string {
    return `${this.#tag}:delta:${revision}`;
  }

  /** String: a document's body, JSON, under the hash of its bytes. */
  document(hash: string): string {
    return `${this.#tag}:document:${hash}`;
  }

  /** Sharded channel: a revision was published. The message is its number. */
  changed(): string {
    return `${this.#tag}:changed`;
  }

  /** String: a session with an upstream that its client ended, under the digest that names it. */
  endedSession(digest: string): string {
    return `${this.#tag}:ended-session:${digest}`;
  }

  /** String: the access token of a connection for its upstream, sealed. Expires with the token. */
  upstreamToken(connectionId: string): string {
    return `${this.#tag}:upstream-token:${connectionId}`;
  }

  /** Hash: slice of the window → requests in it. What a limit counted under one combination of what it counts by. */
  limitRate(count: string): string {
    return `${this.#tag}:limit-rate:${count}`;
  }

  /** Sorted set: call under way → when its slot falls free by itself, in milliseconds since the epoch. */
  limitSlots(count: string): string {
    return `${this.#tag}:limit-slots:${count}`;
  }

  /** Set: ids of servers whose upstream said that its lists changed. Who takes one removes it. */
  changedLists(): string {
    return `${this.#tag}:changed-lists`;
  }

  /** Hash: process id → {@link GatewayReport} as JSON, written by each data-plane process. */
  gateways(): string {
    return `${this.#tag}:gateways`;
  }

  /** Stream: entries of interactions, see `traffic-event.ts`. Read by one consumer group. */
  trafficEvents(shard: number): string {
    return `{sluice:${this.#gateway}:traffic-${shard}}:events`;
  }

  /** String: how many bytes of events the stream of the shard holds. */
  trafficBytes(shard: number): string {
    return `{sluice:${this.#gateway}:traffic-${shard}}:bytes`;
  }
}
