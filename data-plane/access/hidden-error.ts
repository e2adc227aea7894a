import type { CapabilityKind } from '../../contract/access-rule.ts';
import { isObject, type Era, type JsonObject } from '../mcp/message.ts';

const INVALID_PARAMS = -32602;
/** MCP 2025-11-25, Resources, Error Handling; from 2026-07-28 on it is -32602. */
const LEGACY_RESOURCE_NOT_FOUND = -32002;

/** The error of an answer (JSON-RPC 2.0 section 5.1). */
export interface AbsentError {
  readonly code: number;
  readonly message: string;
  readonly data?: JsonObject;
}

/** What a server answers that has no such capability. Said of what is hidden as well as of what is not there. */
export function toAbsentError(kind: CapabilityKind | 'TASK', name: string, era: Era): AbsentError {
  switch (kind) {
    case 'TOOL':
      return { code: INVALID_PARAMS, message: `Unknown tool: ${name}` };
    case 'TASK':
      return { code: INVALID_PARAMS, message: `Task not found: ${name}` };
    case 'PROMPT':
      return { code: INVALID_PARAMS, message: `Unknown prompt: ${name}` };
    case 'RESOURCE_TEMPLATE':
      return { code: INVALID_PARAMS, message: `Unknown resource template: ${name}` };
    case 'RESOURCE':
      return {
        code: era === 'legacy' ? LEGACY_RESOURCE_NOT_FOUND : INVALID_PARAMS,
        message: `Resource not found: ${name}`,
        data: { uri: name },
      };
  }
}

/** How servers say that they have no such thing; the codes alone say no more than that something is wrong. */
const ABSENCE = /not found|unknown|no such|does not exist|not exist|doesn't exist|invalid (tool|prompt|resource)/i;

const ABSENCE_CODES: readonly unknown[] = [INVALID_PARAMS, LEGACY_RESOURCE_NOT_FOUND, -32601, -32603, -32600, 0];

/** Whether an answer says that there is no such capability, in whatever words and form its server has for that. */
export function saysAbsent({ error, result }: JsonObject): boolean {
  if (isObject(error)) return ABSENCE_CODES.includes(error['code']) && ABSENCE.test(String(error['message']));
  if (!isObject(result) || result['isError'] !== true || !Array.isArray(result['content'])) return false;
  const [first] = result['content'] as readonly unknown[];
  return result['content'].length === 1 && isObject(first) && ABSENCE.test(String(first['text']));
}
