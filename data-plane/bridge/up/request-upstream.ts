import { err, ok, type Result } from '../../../foundation/result.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import type { Rejection } from '../../request/rejection.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import { HeadTimeoutError } from '../../upstream/head-deadlines.ts';
import type { BridgedSession } from './bridged-session.ts';
import type { OwnRequest, UpstreamSide } from './upstream-side.ts';

/**
 * Sends a request that the gateway needs the answer of itself, for which the upstream has the time that it has for a head. Resolves with the
 * result; an error of the upstream is an invalid answer.
 */
export function requestUpstream(
  upstream: UpstreamSide,
  call: AdmittedCall,
  session: Pick<BridgedSession, 'client'>,
  request: OwnRequest,
): Promise<Result<JsonObject, Rejection>> {
  return new Promise((settle) => {
    const impatience = setTimeout(() => {
      sent.abort();
      settle(err({ reason: 'upstream_timeout', cause: new HeadTimeoutError() }));
    }, upstream.findPatienceMs(call));
    const resolve = (result: Result<JsonObject, Rejection>) => {
      clearTimeout(impatience);
      settle(result);
    };
    const sent = upstream.send(call, session, request, {
      onStream() {},
      onNotification() {},
      onFailure: (rejection) => resolve(err(rejection)),
      onResponse({ result, error }) {
        if (isObject(result)) return resolve(ok(result));
        const code = isObject(error) ? String(error['code']) : 'none';
        resolve(err({ reason: 'upstream_answer_invalid', fault: `error ${code} to ${request.method}` }));
      },
    });
  });
}
