// What a modern upstream asks by an `input_required` result, as the requests that a legacy server would send. Pure.
import { randomUUID } from 'node:crypto';
import { isObject, type JsonObject } from '../../mcp/message.ts';

/** A question of the upstream: the key under which it wants the answer, and the request that asks. */
export interface Question {
  readonly key: string;
  readonly method: string;
  readonly params: JsonObject | undefined;
}

/** How many questions one answer may carry. */
const MAX_QUESTIONS = 32;

/** The first revision whose clients know modes of elicitation. */
const MODES_SINCE = '2025-11-25';

/** The questions of an `input_required` result, or what is wrong with them. */
export function findQuestions(result: JsonObject, capabilities: JsonObject): readonly Question[] | { readonly fault: string } {
  const requests = result['inputRequests'] ?? {};
  if (!isObject(requests)) return { fault: 'inputRequests is not an object' };
  const entries = Object.entries(requests);
  if (entries.length > MAX_QUESTIONS) return { fault: `more than ${MAX_QUESTIONS} questions at once` };
  const questions: Question[] = [];
  for (const [key, request] of entries) {
    if (!isObject(request) || typeof request['method'] !== 'string') return { fault: 'a question is not a request' };
    const { method, params } = request;
    const question = { key, method, params: isObject(params) ? params : undefined };
    if (!canAnswer(question, capabilities)) return { fault: `the client does not offer ${method}` };
    questions.push(question);
  }
  return questions;
}

/** The question in the words of the client's revision. */
export function toLegacyParams({ method, params }: Question, protocolVersion: string): JsonObject | undefined {
  if (method !== 'elicitation/create' || params === undefined) return params;
  if (protocolVersion < MODES_SINCE) {
    const { mode: _, ...kept } = params;
    return kept;
  }
  // Required until 2025-11-25, gone since: nobody will announce that the page was completed.
  return params['mode'] === 'url' ? { elicitationId: randomUUID(), ...params } : params;
}

/** A client is asked only for what it declared (MCP 2026-07-28, Multi round-trip requests). Elicitation without a mode means forms. */
function canAnswer({ method, params }: Omit<Question, 'key'>, capabilities: JsonObject): boolean {
  switch (method) {
    case 'roots/list':
      return capabilities['roots'] !== undefined;
    case 'sampling/createMessage':
      return capabilities['sampling'] !== undefined;
    case 'elicitation/create': {
      const modes = capabilities['elicitation'];
      if (!isObject(modes)) return false;
      return params?.['mode'] === 'url' ? modes['url'] !== undefined : modes['form'] !== undefined || modes['url'] === undefined;
    }
    default:
      return false;
  }
}
