import type { PresentedSession } from '../mcp/session-id.ts';
import type { PeerRelay } from '../peers/peer-relay.ts';
import type { EraProbe } from '../upstream/era-probe.ts';
import type { EraVerdicts } from '../upstream/era-verdicts.ts';
import type { AdmittedCall, EraWatcher, Forwarder } from '../upstream/forwarder.ts';
import type { Bridge } from './bridge.ts';

/** Everything that can serve a call. */
export interface CallDispatcherOptions {
  /** Client and upstream speak the same: byte for byte. */
  readonly forwarder: Forwarder;
  /** Legacy client, modern upstream. */
  readonly up: Bridge;
  /** Modern client, legacy upstream of either transport. */
  readonly down: Bridge;
  /** Legacy client, upstream with the HTTP+SSE transport. */
  readonly sse: Bridge;
  readonly peers: PeerRelay;
  readonly verdicts: EraVerdicts;
  readonly probe: EraProbe;
}

type HomedCall = PresentedSession & { readonly kind: 'bridged' | 'sse' };

/** Decides who serves a call, by the eras of the client and of the upstream, and by where the call's session lives. */
export class CallDispatcher implements EraWatcher {
  readonly #options: CallDispatcherOptions;

  constructor(options: CallDispatcherOptions) {
    this.#options = options;
  }

  /** Starts the call. What it returns settles before the answer is complete, and rejects only for a bug. */
  dispatch(call: AdmittedCall): void | Promise<void> {
    const { forwarder, sse, down, up, verdicts } = this.#options;
    const { exchange, session, target } = call;
    const isModern = exchange.message?.era === 'modern';
    if (session !== undefined && session.kind !== 'pass-through') return this.#dispatchToHome(call, session);
    if (target.server.transport === 'SSE') {
      // The session was opened before the server's transport was changed.
      if (session !== undefined) return exchange.refuse({ reason: 'session_unknown' });
      return isModern ? down.handle(call) : sse.handle(call);
    }
    if (isModern) return this.#dispatchModern(call);
    if (session === undefined && verdicts.find(call).legacy === false) return up.handle(call);
    forwarder.forward(call, this);
  }

  /** The upstream's own word is checked first: an answer that only looks like one of the modern era belongs to the client. */
  async onLegacyRefused(call: AdmittedCall): Promise<boolean> {
    const { probe, up, verdicts } = this.#options;
    const era = await probe.probe(call);
    if (!era.ok || era.value !== 'modern') return false;
    verdicts.learn(call, { legacy: false });
    if (call.session !== undefined) return false;
    await up.handle(call);
    return true;
  }

  onModernRefused(call: AdmittedCall): void {
    this.#options.verdicts.forget(call);
  }

  #dispatchModern(call: AdmittedCall): void | Promise<void> {
    const { modern } = this.#options.verdicts.find(call);
    if (modern === true) return this.#options.forwarder.forward(call, this);
    if (modern === false) return this.#options.down.handle(call);
    return this.#options.probe.probe(call).then((era) => {
      if (!era.ok) return call.exchange.refuse(era.error);
      return era.value === 'modern' ? this.#options.forwarder.forward(call, this) : this.#options.down.handle(call);
    });
  }

  async #dispatchToHome(call: AdmittedCall, session: HomedCall): Promise<void> {
    const { peers, sse, up } = this.#options;
    const isSse = call.target.server.transport === 'SSE';
    if (isSse !== (session.kind === 'sse')) return call.exchange.refuse({ reason: 'session_unknown' });
    if (session.home !== peers.ownId && (await peers.relay(call, session.home)) === 'relayed') return;
    await (isSse ? sse : up).handle(call);
  }
}
