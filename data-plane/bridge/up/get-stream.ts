import type { JsonObject } from '../../mcp/message.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { StreamHeartbeat } from '../../upstream/stream-heartbeat.ts';
import { ClientAnswer } from '../client-answer.ts';
import type { BridgedSession, NotificationStream } from './bridged-session.ts';
import type { Discoveries } from './discoveries.ts';
import { Subscription, toWantedFilter } from './subscription.ts';
import type { UpstreamSide } from './upstream-side.ts';

/** What a GET stream works with. */
export interface GetStreamContext {
  readonly call: AdmittedCall;
  readonly session: BridgedSession;
  readonly upstream: UpstreamSide;
  readonly discoveries: Discoveries;
  readonly heartbeat: StreamHeartbeat;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/** The stream of a legacy client that asked by GET to be told what happens, fed by what the upstream tells those who listen. */
export class GetStream implements NotificationStream {
  readonly #context: GetStreamContext;
  readonly #answer: ClientAnswer;
  readonly #subscription: Subscription;

  constructor(context: GetStreamContext) {
    const { call, session, upstream, heartbeat, headers } = context;
    this.#context = context;
    this.#answer = new ClientAnswer({
      exchange: call.exchange,
      heartbeat,
      headers,
      isStandalone: true,
      onStop: () => this.#letGo(),
    });
    this.#answer.onGone = () => this.#letGo();
    this.#subscription = new Subscription({ upstream, call, session, onNotification: (message) => this.#onNotification(message) });
  }

  /** Opens the stream at once; that there is something to listen to, the upstream may say later. */
  async open(): Promise<void> {
    this.#answer.openStream();
    await this.watch(this.#context.session.watched);
  }

  async watch(uris: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const { call, discoveries, session } = this.#context;
    const capabilities = await discoveries.loadCapabilities(call, session);
    const agreed = await this.#subscription.listen(toWantedFilter(capabilities.ok ? capabilities.value : undefined, uris));
    return new Set(agreed.resourceSubscriptions);
  }

  #onNotification(message: JsonObject): void {
    if (this.#context.call.access?.isTold(message) !== false) this.#answer.send(message);
  }

  end(): void {
    this.#letGo();
    this.#answer.endStream();
  }

  #letGo(): void {
    this.#subscription.end();
    if (this.#context.session.stream === this) this.#context.session.stream = undefined;
  }
}
