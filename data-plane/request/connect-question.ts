// Asking the person behind a client to open a page, where the client offered to do so (MCP 2025-11-25 and 2026-07-28, Elicitation, URL mode).
import { randomUUID } from 'node:crypto';
import { isObject, type McpMessage } from '../mcp/message.ts';
import { unpackInitialize } from '../mcp/packed-initialize.ts';
import type { PresentedSession } from '../mcp/session-id.ts';
import type { WireError } from './rejection.ts';

/** What is known of a client when it is refused. */
export interface AskedClient {
  readonly message: McpMessage | undefined;
  /** Of the legacy era: what it said in `initialize` travels in its session. */
  readonly session: PresentedSession | undefined;
  /** The revision that the request names. */
  readonly revision: string | undefined;
}

/** The only revision with the error for it; the one after it has results instead. */
const ERROR_REVISION = '2025-11-25';
const URL_ELICITATION_REQUIRED = -32042;

const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

/** Methods whose result may be a question (MCP 2026-07-28, Multi round-trip requests). */
const ASKING_METHODS: ReadonlySet<string | undefined> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** The name of the question; a client answers under it. */
const QUESTION = 'sluice-connect';

const TEXT = 'This MCP server has to be connected before the call can go on.';

/** The question for a client that can be asked; undefined for any other, and for one that has answered already. */
export function toConnectQuestion(client: AskedClient, url: string): WireError | undefined {
  const { message } = client;
  if (message?.kind !== 'request') return undefined;
  if (message.era === 'modern') return ASKING_METHODS.has(message.method) ? toResult(message, url) : undefined;
  if (client.revision !== ERROR_REVISION || !offersPages(findSaid(client.session))) return undefined;
  const elicitations = [{ mode: 'url', elicitationId: randomUUID(), url, message: TEXT }];
  return { status: 200, code: URL_ELICITATION_REQUIRED, message: TEXT, data: { elicitations } };
}

/** Whether the person agreed to open the page, so that the call is worth waiting for. */
export function hasAgreedToConnect(message: McpMessage | undefined): boolean {
  const answer = findAnswer(message);
  return isObject(answer) && answer['action'] === 'accept';
}

function toResult(message: McpMessage, url: string): WireError | undefined {
  const meta = message.params?.['_meta'];
  if (findAnswer(message) !== undefined || !isObject(meta) || !offersPages(meta[CAPABILITIES_KEY])) return undefined;
  const params = { mode: 'url', message: TEXT, url };
  const inputRequests = { [QUESTION]: { method: 'elicitation/create', params } };
  return { status: 200, code: 0, message: TEXT, result: { resultType: 'input_required', inputRequests } };
}

function findAnswer(message: McpMessage | undefined): unknown {
  const answers = message?.era === 'modern' ? message.params?.['inputResponses'] : undefined;
  return isObject(answers) && Object.hasOwn(answers, QUESTION) ? answers[QUESTION] : undefined;
}

function offersPages(capabilities: unknown): boolean {
  const elicitation = isObject(capabilities) ? capabilities['elicitation'] : undefined;
  return isObject(elicitation) && elicitation['url'] !== undefined;
}

function findSaid(session: PresentedSession | undefined): unknown {
  if (session === undefined) return undefined;
  if (session.kind !== 'pass-through') return session.client.capabilities;
  return session.initialize === undefined ? undefined : unpackInitialize(session.initialize)['capabilities'];
}
