import type { ServerDocument } from '../../../contract/snapshot.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { BridgedSession } from './bridged-session.ts';
import { findHeaderParameters, toParameterHeaders, type HeaderParameter } from './header-parameters.ts';
import { requestUpstream } from './request-upstream.ts';
import type { UpstreamSide } from './upstream-side.ts';

type ParametersByTool = Map<string, readonly HeaderParameter[]>;

/** How many pages of a list of tools are read to learn their headers. */
const MAX_PAGES = 20;

/** How many callers of one server have their tools remembered, and how many tools of each. */
const MAX_CALLERS = 5_000;
const MAX_TOOLS = 1_000;

/** Which parameters of which tools travel in headers too: learned from the lists of tools that pass, because a legacy client does not know. */
export class ToolHeaders {
  readonly #upstream: UpstreamSide;
  readonly #servers = new WeakMap<ServerDocument, Map<string, ParametersByTool>>();

  constructor(upstream: UpstreamSide) {
    this.#upstream = upstream;
  }

  /** The headers for a call of a tool, names and values in turn, as far as they are known. */
  find(call: AdmittedCall, params: JsonObject | undefined): string[] {
    const parameters = this.#servers.get(call.target.server)?.get(call.caller.id)?.get(String(params?.['name']));
    return parameters === undefined ? [] : toParameterHeaders(parameters, params?.['arguments']);
  }

  /** Learns from a page of tools. */
  learn(call: AdmittedCall, result: JsonObject): void {
    const { tools } = result;
    if (!Array.isArray(tools)) return;
    for (const tool of tools) {
      if (!isObject(tool) || typeof tool['name'] !== 'string') continue;
      const parameters = findHeaderParameters(tool['inputSchema']);
      const known = this.#servers.get(call.target.server)?.get(call.caller.id);
      if (parameters.length > 0) this.#remember(call, tool['name'], parameters);
      else known?.delete(tool['name']);
    }
  }

  /** Reads the list of tools of an upstream that misses headers. Calls back when it is read, or cannot be. */
  load(call: AdmittedCall, session: Pick<BridgedSession, 'client'>, onLoaded: () => void): void {
    void this.#load(call, session).then(onLoaded);
  }

  async #load(call: AdmittedCall, session: Pick<BridgedSession, 'client'>): Promise<void> {
    let cursor: unknown;
    for (let page = 0; page < MAX_PAGES; page++) {
      const params = cursor === undefined ? undefined : { cursor };
      const result = await requestUpstream(this.#upstream, call, session, { method: 'tools/list', params });
      if (!result.ok) return;
      this.learn(call, result.value);
      cursor = result.value['nextCursor'];
      if (typeof cursor !== 'string') return;
    }
  }

  #remember(call: AdmittedCall, tool: string, parameters: readonly HeaderParameter[]): void {
    const callers = this.#servers.get(call.target.server) ?? new Map<string, ParametersByTool>();
    this.#servers.set(call.target.server, callers);
    const tools = callers.get(call.caller.id) ?? new Map<string, readonly HeaderParameter[]>();
    if (!callers.has(call.caller.id) && callers.size >= MAX_CALLERS) callers.delete(callers.keys().next().value!);
    callers.set(call.caller.id, tools);
    if (tools.has(tool) || tools.size < MAX_TOOLS) tools.set(tool, parameters);
  }
}
