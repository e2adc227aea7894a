import { texts } from '../../../texts/try-tool.ts';
import type { Exchange } from './call-gateway.ts';

/** A tool as the gateway lists it to the person. */
export interface Tool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
}

interface ListAnswer {
  readonly result?: { readonly tools?: readonly Tool[]; readonly nextCursor?: string };
  readonly error?: { readonly message?: string };
}

/** Pages that are read at most, so that a server without an end does not keep the page busy. */
const MAX_PAGES = 20;

/** The tools that the person may use, or why they cannot be listed. */
export async function readTools(
  list: (params: Readonly<Record<string, unknown>>) => Promise<Exchange>,
): Promise<{ readonly tools?: readonly Tool[]; readonly fault?: string }> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const exchange = await list(cursor === undefined ? {} : { cursor }).catch(() => undefined);
    if (exchange === undefined) return { fault: texts.unreachable(location.origin) };
    const { result, error } = (exchange.response ?? {}) as ListAnswer;
    if (result?.tools === undefined) return { fault: error?.message ?? texts.noAnswer(exchange.status) };
    tools.push(...result.tools);
    cursor = result.nextCursor;
    if (cursor === undefined) break;
  }
  return { tools };
}
