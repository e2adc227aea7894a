import type { IncomingMessage, ServerResponse } from 'node:http';
import { ok } from '../foundation/result.ts';
import { authorizeMessage } from './access/authorize-message.ts';
import type { Gateway } from './gateway.ts';
import { findSession } from './mcp/session-id.ts';
import { answerPreflight } from './request/answer-preflight.ts';
import { authorize } from './request/authorize.ts';
import { isMcpMethod } from './request/check-method.ts';
import { Exchange } from './request/exchange.ts';
import { findCredential } from './request/find-credential.ts';
import { CLIENT_GONE } from './request/read-body.ts';
import { readMessage } from './request/read-message.ts';
import { findTarget, findTargetNames } from './request/target.ts';

/**
 * START HERE: the whole life of a request, in order. A step refuses by returning a `Rejection`; only bugs throw.
 * A caller is authenticated before it is said whether anything exists under a name, and before a byte of the body is read.
 */
export async function handleRequest(gateway: Gateway, req: IncomingMessage, res: ServerResponse, isRelayed = false): Promise<void> {
  const exchange = new Exchange(req, res, gateway.clock.nowMs(), isRelayed);
  gateway.reporter.watch(exchange);

  const names = (exchange.names = findTargetNames(req.url ?? ''));
  if (names === undefined && gateway.wellKnown.answer(exchange, gateway.currentTable())) return;
  const peerRefusal = gateway.peers.findRefusal(req);
  if (peerRefusal !== undefined) return exchange.refuse(peerRefusal);
  if (req.method === 'OPTIONS') return answerPreflight(exchange);
  if (!isMcpMethod(req.method)) return exchange.refuse({ reason: 'method_not_allowed' });
  if (names === undefined) return exchange.refuse({ reason: 'path_unknown' });
  const table = gateway.currentTable();
  if (table === undefined) return exchange.refuse({ reason: 'not_ready' });

  exchange.routeBy(table, gateway.wellKnown.resource);
  const workspace = table.findWorkspace(names.workspace);
  const authentication = gateway.authenticator.authenticate({ table, workspace, server: names.server }, req, exchange.startedAtMs);
  const caller = authentication instanceof Promise ? await authentication : authentication;
  if (!caller.ok) return exchange.refuse(caller.error);
  exchange.caller = caller.value;
  const target = findTarget(table, workspace, names);
  if (!target.ok) return exchange.refuse(target.error);
  exchange.target = target.value;
  const allowed = authorize(target.value, caller.value);
  if (!allowed.ok) return exchange.refuse(allowed.error);

  const body = req.method === 'POST' ? await readMessage(exchange, target.value.server.maxRequestBytes) : ok(undefined);
  if (body === CLIENT_GONE) return;
  if (!body.ok) return exchange.refuse(body.error);
  exchange.spans?.begin('authorize');
  const session = findSession(gateway.sessions, exchange, target.value, caller.value);
  if (!session.ok) return exchange.refuse(session.error);
  exchange.session = session.value;
  const judged = authorizeMessage(exchange, target.value, caller.value, body.value, gateway.keyRing);
  if (!judged.ok) return exchange.refuse(judged.error);
  exchange.hasPassedRules = judged.value.hidden === undefined;
  const counting = gateway.limiter.admit(table, exchange, target.value, caller.value);
  const limited = counting === undefined ? counting : await counting;
  if (limited?.ok === false) return exchange.refuse(limited.error);
  exchange.spans?.begin('credential');
  const finding = findCredential(gateway, table, exchange, target.value, caller.value);
  const credential = finding instanceof Promise ? await finding : finding;
  if (!credential.ok) return exchange.refuse(credential.error);
  exchange.connectionId = credential.value.connectionId;

  const circuit = gateway.breakers.admit(target.value.server.id, exchange.startedAtMs);
  if (circuit.kind === 'refused') return exchange.refuse({ reason: 'upstream_circuit_open', retryAfterMs: circuit.retryAfterMs });
  const { access, hidden } = judged.value;
  if (hidden !== undefined) return gateway.hiding.answer(exchange, hidden);
  if (access !== undefined) gateway.hiding.watch(exchange);

  return gateway.dispatcher.dispatch({
    exchange,
    target: target.value,
    caller: caller.value,
    body: judged.value.body,
    received: body.value,
    access,
    session: session.value,
    credential: gateway.forwarding.add(credential.value, target.value, caller.value, req.headers),
  });
}
