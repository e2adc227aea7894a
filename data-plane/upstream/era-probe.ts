import type { ServerDocument } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { classifyDiscoverAnswer } from '../mcp/era-evidence.ts';
import type { Era } from '../mcp/message.ts';
import { toModernHeaders, toModernParams } from '../mcp/modern-envelope.ts';
import { GATEWAY_INFO } from '../product.ts';
import type { Rejection } from '../request/rejection.ts';
import { collectAnswer, type CollectedAnswer } from './collect-answer.ts';
import type { EraVerdicts } from './era-verdicts.ts';
import type { AdmittedCall } from './forwarder.ts';
import { findSubjectKey } from './subject-key.ts';
import { findUpstreamAddress, type UpstreamAddress } from './upstream-address.ts';
import type { UpstreamPools } from './upstream-pools.ts';
import { UpstreamRequest } from './upstream-request.ts';

/** What probing needs of the process. */
export interface EraProbeOptions {
  readonly pools: UpstreamPools;
  readonly verdicts: EraVerdicts;
  /** How long an upstream may take until its head arrives, in milliseconds. */
  readonly headTimeoutMs: number;
}

type ProbeResult = Result<Era, Rejection>;

/** How long a probe may wait for a head, in milliseconds: a server that takes longer to say what it is, is not asked again by every call. */
const MAX_PROBE_MS = 15_000;

const GATEWAY_SENDER = { clientInfo: GATEWAY_INFO, capabilities: {} };

/**
 * Finds out whether an upstream speaks the modern era, with requests of the gateway's own: the caller's request might be executed twice,
 * or not at all, if it were the test.
 */
export class EraProbe {
  readonly #options: EraProbeOptions;
  readonly #running = new WeakMap<ServerDocument, Map<string, Promise<ProbeResult>>>();

  constructor(options: EraProbeOptions) {
    this.#options = options;
  }

  /** Asks, and learns the verdict. Calls that wait for the same verdict share one probe. An outage is no evidence of an era. */
  probe(call: AdmittedCall): Promise<ProbeResult> {
    const { server } = call.target;
    const key = findSubjectKey(call.target, call.caller);
    const running = this.#running.get(server) ?? new Map<string, Promise<ProbeResult>>();
    this.#running.set(server, running);
    const known = running.get(key);
    if (known !== undefined) return known;
    const probe = this.#probe(call).finally(() => running.delete(key));
    running.set(key, probe);
    return probe;
  }

  async #probe(call: AdmittedCall): Promise<ProbeResult> {
    const answer = await this.#discover(call);
    if (!answer.ok) return answer;
    const { status, response } = answer.value;
    const refusal = findRefusal(status);
    if (refusal !== undefined) return err(refusal);
    const verdict = classifyDiscoverAnswer(status, response);
    if (verdict === 'unclear' && !(await this.#canInitialize(call))) {
      return err({ reason: 'upstream_answer_invalid', fault: `status ${status}` });
    }
    const isModern = verdict === 'modern';
    this.#options.verdicts.learn(call, { modern: isModern });
    return ok(isModern ? 'modern' : 'legacy');
  }

  #discover(call: AdmittedCall): Promise<Result<CollectedAnswer, Rejection>> {
    return this.#post(call, toModernHeaders('server/discover', undefined), {
      id: 'sluice-probe',
      method: 'server/discover',
      params: toModernParams(undefined, GATEWAY_SENDER),
    });
  }

  /** Whether a server that failed on `server/discover` serves `initialize`. The session it opens is ended at once. */
  async #canInitialize(call: AdmittedCall): Promise<boolean> {
    const headers = ['content-type', 'application/json', 'accept', 'application/json, text/event-stream'];
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: GATEWAY_INFO };
    const answer = await this.#post(call, headers, { id: 'sluice-probe', method: 'initialize', params });
    if (!answer.ok || answer.value.response?.['result'] === undefined) return false;
    const sessionId = answer.value.headers['mcp-session-id'];
    if (typeof sessionId === 'string') this.#endSession(call, sessionId);
    return true;
  }

  #endSession(call: AdmittedCall, sessionId: string): void {
    const headers = ['mcp-session-id', sessionId, 'mcp-protocol-version', '2025-11-25'];
    const nobody = { onHead() {}, onData() {}, onEnd() {}, onFailure() {} };
    const options = {
      address: this.#toAddress(call),
      method: 'DELETE',
      headers,
      credential: call.credential,
      body: null,
    } as const;
    // oxlint-disable-next-line no-new
    new UpstreamRequest(this.#options.pools, { ...options, headTimeoutMs: MAX_PROBE_MS }, nobody);
  }

  #post(call: AdmittedCall, headers: readonly string[], message: object): Promise<Result<CollectedAnswer, Rejection>> {
    return collectAnswer(this.#options.pools, {
      address: this.#toAddress(call),
      method: 'POST',
      headers,
      credential: call.credential,
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      headTimeoutMs: MAX_PROBE_MS,
    });
  }

  #toAddress(call: AdmittedCall): UpstreamAddress {
    const address = findUpstreamAddress(call.target.server);
    return { ...address, headTimeoutMs: Math.min(MAX_PROBE_MS, address.headTimeoutMs ?? this.#options.headTimeoutMs) };
  }
}

/** Answers that say nothing about an era. */
function findRefusal(status: number): Rejection | undefined {
  if (status === 401 || status === 403) return { reason: 'upstream_credential_refused', status };
  if (status >= 300 && status < 400) return { reason: 'upstream_redirected', status };
  if (status === 408 || status === 429) return { reason: 'upstream_answer_invalid', fault: `status ${status}` };
  return undefined;
}
