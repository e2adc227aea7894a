import type { IncomingHttpHeaders } from 'node:http';
import { decodeHeaderValue, isObject, type JsonObject } from '../../mcp/message.ts';
import { findHeaderParameters, toParameterHeaders, type HeaderParameter } from '../up/header-parameters.ts';
import type { DownSession } from './down-session.ts';

/** How many pages of tools are read. */
const MAX_PAGES = 50;

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** The parameters that the tools of an upstream want repeated in headers. Read once a session, and again when the list has changed. */
export class ToolParameters {
  readonly #session: DownSession;
  #known: Promise<ReadonlyMap<string, readonly HeaderParameter[]>> | undefined;

  constructor(session: DownSession) {
    this.#session = session;
  }

  forget(): void {
    this.#known = undefined;
  }

  /** How the headers of a call differ from its arguments, or undefined. A server MUST check this (MCP 2026-07-28, Transports). */
  async findFault(params: JsonObject | undefined, headers: IncomingHttpHeaders): Promise<string | undefined> {
    const name = params?.['name'];
    this.#known ??= this.#read();
    const declared = typeof name === 'string' ? (await this.#known).get(name) : undefined;
    if (declared === undefined) return undefined;
    const expected = toParameterHeaders(declared, params?.['arguments']);
    for (let i = 0; i + 1 < expected.length; i += 2) {
      const header = expected[i]!.toLowerCase();
      const sent = headers[header];
      if (typeof sent !== 'string') return `${header} is missing`;
      const [actual, wanted] = [decodeHeaderValue(sent.trim()), decodeHeaderValue(expected[i + 1]!)];
      if (actual === undefined) return `${header} is not valid Base64`;
      if (!isSame(actual, wanted)) return `${header} differs from the argument in the body`;
    }
    return undefined;
  }

  async #read(): Promise<ReadonlyMap<string, readonly HeaderParameter[]>> {
    const known = new Map<string, readonly HeaderParameter[]>();
    if (this.#session.initialized.capabilities['tools'] === undefined) return known;
    let cursor: unknown;
    for (let page = 0; page < MAX_PAGES; page++) {
      const result = await this.#session.ask('tools/list', cursor === undefined ? {} : { cursor });
      for (const tool of Array.isArray(result?.['tools']) ? result['tools'] : []) note(known, tool);
      cursor = result?.['nextCursor'];
      if (typeof cursor !== 'string') break;
    }
    return known;
  }
}

function note(known: Map<string, readonly HeaderParameter[]>, tool: unknown): void {
  if (!isObject(tool) || typeof tool['name'] !== 'string') return;
  const parameters = findHeaderParameters(tool['inputSchema']);
  if (parameters.length > 0) known.set(tool['name'], parameters);
}

function isSame(actual: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return false;
  return actual === wanted || (DECIMAL.test(actual) && DECIMAL.test(wanted) && Number(actual) === Number(wanted));
}
