import type { JsonObject } from '../../mcp/message.ts';
import { toModernHeaders, toModernParams } from '../../mcp/modern-envelope.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import { findUpstreamAddress } from '../../upstream/upstream-address.ts';
import { startHop } from '../../telemetry/tracing.ts';
import { toLanguageHeaders } from '../../upstream/upstream-headers.ts';
import type { ListChanges } from '../../upstream/list-changes.ts';
import type { UpstreamPools } from '../../upstream/upstream-pools.ts';
import { UpstreamRequest, type UpstreamRequestOptions } from '../../upstream/upstream-request.ts';
import type { BridgedSession } from './bridged-session.ts';
import { ModernCall, type ModernListener } from './modern-call.ts';

/** A modern request in the name of a session's client, without what the gateway adds. */
export interface OwnRequest {
  readonly method: string;
  readonly name?: string | undefined;
  readonly params?: JsonObject | undefined;
  /** `Mcp-Param-*`, names and values in turn. */
  readonly parameterHeaders?: readonly string[];
  /** Which log messages are wanted; none without it. */
  readonly logLevel?: string | undefined;
}

/** Sends modern requests for legacy clients. */
export class UpstreamSide {
  readonly listChanges: ListChanges;
  readonly #pools: UpstreamPools;
  readonly #headTimeoutMs: number;

  /** @param headTimeoutMs how long an upstream may take until its head arrives, in milliseconds. */
  constructor(pools: UpstreamPools, headTimeoutMs: number, listChanges: ListChanges) {
    this.listChanges = listChanges;
    this.#pools = pools;
    this.#headTimeoutMs = headTimeoutMs;
  }

  /** How long the upstream of a call may take until the head of an answer arrives, in milliseconds. */
  findPatienceMs({ target }: AdmittedCall): number {
    return target.server.upstreamTimeoutMs ?? this.#headTimeoutMs;
  }

  /** Sends a request with the credential of a call and the envelope of its client. */
  send(call: AdmittedCall, session: Pick<BridgedSession, 'client'>, request: OwnRequest, listener: ModernListener): ModernCall {
    const { clientInfo, capabilities } = session.client;
    const isStream = request.method === 'subscriptions/listen';
    const address = findUpstreamAddress(call.target.server);
    const hop = startHop(call.exchange, { origin: address.origin, method: request.method });
    return new ModernCall(
      this.#pools,
      {
        address,
        hop,
        method: request.method,
        name: request.name,
        params: toModernParams(request.params, { clientInfo, capabilities, logLevel: request.logLevel, trace: hop.headers }),
        headers: [...toLanguageHeaders(call.exchange.req.rawHeaders), ...hop.headers, ...(request.parameterHeaders ?? [])],
        credential: call.credential,
        headTimeoutMs: isStream ? 0 : this.#headTimeoutMs,
      },
      listener,
    );
  }

  /** Sends a notification. Nobody waits for what comes of it. */
  notify(call: AdmittedCall, session: Pick<BridgedSession, 'client'>, { method, params }: OwnRequest): void {
    const { clientInfo, capabilities } = session.client;
    const address = findUpstreamAddress(call.target.server);
    const hop = startHop(call.exchange, { origin: address.origin, method });
    const message = { jsonrpc: '2.0', method, params: toModernParams(params, { clientInfo, capabilities, trace: hop.headers }) };
    const language = toLanguageHeaders(call.exchange.req.rawHeaders);
    const options: UpstreamRequestOptions = {
      address,
      method: 'POST',
      headers: [...toModernHeaders(method, undefined), ...language, ...hop.headers],
      credential: call.credential,
      body: JSON.stringify(message),
      headTimeoutMs: this.#headTimeoutMs,
    };
    // oxlint-disable-next-line no-new
    new UpstreamRequest(this.#pools, options, {
      onHead: (status) => hop.noteHead(status),
      onData() {},
      onEnd: () => hop.end(),
      onFailure: ({ reason }) => hop.end(reason),
    });
  }
}
