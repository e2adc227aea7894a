import { once } from 'node:events';
import { request, type Agent, type Dispatcher } from 'undici';
import { initialize, modernRequest, toolCall, type McpRequest } from '../support/mcp-request.ts';
import type { Destination, SoakClient } from './clients.ts';

/** A call that the server asks something about, which these clients never answer. */
const ASKING = 'test_elicitation';

/** How long an unanswered call is kept open, in milliseconds. */
const ASKED_MS = 200;

/** Opens a GET stream, and leaves calls on which it was asked something. */
export async function connectRawLegacy(destination: Destination, agent: Agent): Promise<SoakClient> {
  const hello = initialize() as { params: { capabilities: object } };
  hello.params.capabilities = { elicitation: {} };
  const opened = await send(destination, agent, { body: hello });
  const session = String(opened.headers['mcp-session-id']);
  await readToEnd(opened);
  await send(destination, agent, { session, body: { jsonrpc: '2.0', method: 'notifications/initialized' } }).then(readToEnd);
  const stream = await send(destination, agent, { session, method: 'GET' });
  stream.body.resume().on('error', () => undefined); // it ends with the client
  let id = 1;
  return {
    call: (tool) => send(destination, agent, { session, body: toolCall(++id, tool) }).then(readToEnd),
    beAsked: () => leaveUnanswered(send(destination, agent, { session, body: toolCall(++id, ASKING, { message: 'who?' }) })),
    leave: async () => void stream.body.destroy(),
    goodbye: async () => {
      await send(destination, agent, { session, method: 'DELETE' }).then(readToEnd);
      stream.body.destroy();
    },
  };
}

/** Opens a subscription, and never comes back to calls that wait for it. */
export async function connectRawModern(destination: Destination, agent: Agent): Promise<SoakClient> {
  let id = 1;
  const listen = modernRequest(id, 'subscriptions/listen', { notifications: { toolsListChanged: true } });
  const stream = await send(destination, agent, listen);
  stream.body.resume().on('error', () => undefined); // it ends with the client
  const leave = async () => void stream.body.destroy();
  return {
    call: (tool) => send(destination, agent, modernRequest(++id, 'tools/call', { name: tool, arguments: {} })).then(readToEnd),
    beAsked: () => {
      const call = modernRequest(++id, 'tools/call', { name: ASKING, arguments: { message: 'who?' } });
      const { params } = call.body as { params: { _meta: Record<string, unknown> } };
      params._meta['io.modelcontextprotocol/clientCapabilities'] = { elicitation: {} };
      return leaveUnanswered(send(destination, agent, call));
    },
    leave,
    goodbye: leave,
  };
}

async function leaveUnanswered(call: Promise<Dispatcher.ResponseData>): Promise<void> {
  const { body } = await call;
  body.resume().on('error', () => undefined); // it is left on purpose
  const ended = once(body, 'close');
  const timer = setTimeout(() => body.destroy(), ASKED_MS);
  await ended.catch(() => undefined); // as above
  clearTimeout(timer);
}

async function send({ url, key }: Destination, agent: Agent, sent: McpRequest): Promise<Dispatcher.ResponseData> {
  const answer = await request(url, {
    dispatcher: agent,
    method: sent.method ?? 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${key}`,
      ...(sent.body !== undefined && { 'content-type': 'application/json' }),
      ...(sent.session !== undefined && { 'mcp-session-id': sent.session }),
      ...sent.headers,
    },
    body: sent.body === undefined ? null : JSON.stringify(sent.body),
  });
  if (answer.statusCode >= 400) throw new Error(`status ${answer.statusCode}: ${await answer.body.text()}`);
  return answer;
}

async function readToEnd({ body }: Dispatcher.ResponseData): Promise<void> {
  const text = await body.text();
  if (/"error":\{/.test(text)) throw new Error(text.slice(0, 300));
}
