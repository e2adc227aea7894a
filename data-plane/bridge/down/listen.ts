import type { CallAccess } from '../../access/call-access.ts';
import type { RpcNotification } from '../../mcp/json-rpc.ts';
import type { JsonObject, JsonRpcId } from '../../mcp/message.ts';
import { META } from '../../mcp/modern-envelope.ts';
import type { ClientAnswer } from '../client-answer.ts';
import type { DownSession } from './down-session.ts';
import { toSubscribed } from './to-modern.ts';
import type { Subscriber, SubscriptionFilter } from './upstream-subscriptions.ts';

/** Who listens. */
export interface ListenOrigin {
  readonly session: DownSession;
  readonly answer: ClientAnswer;
  readonly id: JsonRpcId;
  readonly access: CallAccess | undefined;
}

/** One `subscriptions/listen` of a client: first what of its filter is honored, then what the upstream announces, last a result. */
export class Listen implements Subscriber {
  readonly filter: SubscriptionFilter;
  readonly #session: DownSession;
  readonly #answer: ClientAnswer;
  readonly #id: JsonRpcId;
  readonly #access: CallAccess | undefined;

  private constructor({ access, answer, id, session }: ListenOrigin, filter: SubscriptionFilter) {
    this.#session = session;
    this.#answer = answer;
    this.#id = id;
    this.#access = access;
    this.filter = filter;
  }

  static async start(origin: ListenOrigin, requested: JsonObject): Promise<Listen> {
    const { answer, session } = origin;
    const listen = new Listen(origin, await session.subscriptions.honor(requested));
    session.subscriptions.add(listen);
    if (answer.isOver) listen.stop();
    else listen.#acknowledge();
    return listen;
  }

  onNotification(notification: RpcNotification): void {
    if (this.#access?.isTold(notification) !== false) this.#answer.send(toSubscribed(notification, this.#id));
  }

  /** The session with the upstream is over, or the process stops: a result tells the client that it may listen anew. */
  onEnd(): void {
    this.stop();
    const meta = { [META.subscriptionId]: this.#id, [META.serverInfo]: this.#session.initialized.serverInfo };
    this.#answer.end({ jsonrpc: '2.0', id: this.#id, result: { resultType: 'complete', _meta: meta } });
  }

  /** Lets go of what the upstream was asked for. */
  stop(): void {
    this.#session.subscriptions.delete(this);
  }

  #acknowledge(): void {
    const method = 'notifications/subscriptions/acknowledged';
    this.onNotification({ jsonrpc: '2.0', method, params: { notifications: this.filter } });
    // Nothing that the upstream could announce: there is no use in keeping the stream.
    if (Object.keys(this.filter).length === 0) this.onEnd();
  }
}
