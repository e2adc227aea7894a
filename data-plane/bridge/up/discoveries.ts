import type { ServerDocument } from '../../../contract/snapshot.ts';
import { ok, type Result } from '../../../foundation/result.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import type { Rejection } from '../../request/rejection.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { BridgedSession } from './bridged-session.ts';
import { requestUpstream } from './request-upstream.ts';
import type { UpstreamSide } from './upstream-side.ts';

interface Discovery {
  readonly result: JsonObject;
  readonly discoveredAtMs: number;
}

/** The longest that a discovery is used again, in milliseconds, whatever lifetime the upstream gives it. */
const MAX_AGE_MS = 10 * 60_000;

/** How many callers of one server have a discovery remembered. */
const MAX_CALLERS = 5_000;

/** What upstreams say of themselves, per server and caller: it may differ by principal, so it is never shared. */
export class Discoveries {
  readonly #upstream: UpstreamSide;
  readonly #servers = new WeakMap<ServerDocument, Map<string, Discovery>>();

  constructor(upstream: UpstreamSide) {
    this.#upstream = upstream;
  }

  /** What the upstream says, for a client that opens a session: remembered only for as long as the upstream allows. */
  async load(call: AdmittedCall, session: Pick<BridgedSession, 'client'>): Promise<Result<JsonObject, Rejection>> {
    const known = this.#find(call);
    const ttlMs = known?.result['ttlMs'];
    if (known !== undefined && typeof ttlMs === 'number' && Date.now() - known.discoveredAtMs < ttlMs) return ok(known.result);
    const result = await requestUpstream(this.#upstream, call, session, { method: 'server/discover' });
    if (result.ok) this.#remember(call, result.value);
    return result;
  }

  /** The upstream's capabilities, for decisions inside a session. Empty where the upstream does not say. */
  async loadCapabilities(call: AdmittedCall, session: Pick<BridgedSession, 'client'>): Promise<Result<JsonObject, Rejection>> {
    const known = this.#find(call);
    const result = known === undefined ? await this.load(call, session) : ok(known.result);
    if (!result.ok) return result;
    const { capabilities } = result.value;
    return ok(isObject(capabilities) ? capabilities : {});
  }

  /** The remembered capabilities, or undefined where nothing is remembered. */
  findCapabilities(call: AdmittedCall): JsonObject | undefined {
    const capabilities = this.#find(call)?.result['capabilities'];
    return isObject(capabilities) ? capabilities : undefined;
  }

  #find(call: AdmittedCall): Discovery | undefined {
    const known = this.#servers.get(call.target.server)?.get(call.caller.id);
    return known !== undefined && Date.now() - known.discoveredAtMs < MAX_AGE_MS ? known : undefined;
  }

  #remember(call: AdmittedCall, result: JsonObject): void {
    const callers = this.#servers.get(call.target.server) ?? new Map<string, Discovery>();
    this.#servers.set(call.target.server, callers);
    callers.delete(call.caller.id);
    if (callers.size >= MAX_CALLERS) callers.delete(callers.keys().next().value!);
    callers.set(call.caller.id, { result, discoveredAtMs: Date.now() });
  }
}
