import type { GuardedFetch } from '../egress/index.ts';
import { toIconSources } from '../mcp-server-icons/index.ts';
import { explainFailure } from './explain-failure.ts';
import { isObject } from './json-object.ts';
import { probeAuthorization } from './probe-authorization.ts';
import { failure, type ProbedServer, type ProbeResult, type ProtocolEra } from './probe-result.ts';
import { exchange, exchangeOverSse, type WireAnswer } from './wire.ts';

const MODERN_REVISION = '2026-07-28';
const LEGACY_REVISION = '2025-11-25';
const CLIENT_INFO = { name: 'sluice-probe', version: '1.0.0' };

/** JSON-RPC codes that only servers of the modern era use (MCP 2026-07-28, Versioning). */
const MODERN_CODES: ReadonlySet<unknown> = new Set([-32020, -32021, -32022]);
/** Statuses with which Streamable HTTP servers of no kind, but HTTP+SSE servers do answer a POST to their stream's URL. */
const MAYBE_SSE: ReadonlySet<number> = new Set([400, 404, 405, 406, 415]);

const DISCOVER = {
  jsonrpc: '2.0',
  id: 'sluice-probe-discover',
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': MODERN_REVISION,
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': CLIENT_INFO,
    },
  },
};
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 'sluice-probe-initialize',
  method: 'initialize',
  params: { protocolVersion: LEGACY_REVISION, capabilities: {}, clientInfo: CLIENT_INFO },
};

/**
 * Finds out what is behind a URL: which transport and eras, who it is, whether it wants authorization. It leaves no session behind
 * and calls nothing that could have an effect.
 * @param headers the credential to try with, if any; never logged.
 */
export async function probeUpstream(http: GuardedFetch, url: string, headers: Record<string, string>): Promise<ProbeResult> {
  try {
    const modern = await discover(http, url, headers);
    const wrong = await findFault(http, url, modern);
    if (wrong !== undefined) return wrong;
    const legacy = await probeLegacy(http, url, headers);
    const eras: ProtocolEra[] = [
      ...(legacy.server === undefined ? [] : ['LEGACY' as const]),
      ...(isModern(modern) ? ['MODERN' as const] : []),
    ];
    if (eras.length > 0) return toReachable(url, eras, toServer(url, modern.message?.['result']) ?? legacy.server ?? null);
    const sse = MAYBE_SSE.has(legacy.answer.status) ? await probeSse(http, url, headers) : undefined;
    return sse ?? toNotMcp(legacy.answer);
  } catch (cause) {
    return explainFailure(cause);
  }
}

/** Asks a server who it is, which opens no session in any era. */
export function discover(http: GuardedFetch, url: string, headers: Record<string, string>): Promise<WireAnswer> {
  const modern = { 'mcp-protocol-version': MODERN_REVISION, 'mcp-method': 'server/discover' };
  return exchange(http, 'POST', url, { ...headers, ...modern }, DISCOVER);
}

/** What stops the probe at its first answer: authorization, redirects and web pages. */
async function findFault(http: GuardedFetch, url: string, answer: WireAnswer): Promise<ProbeResult | undefined> {
  const { status, headers, contentType } = answer;
  if (status === 401 || status === 403) {
    const authorization = status === 401 ? await probeAuthorization(http.fetch, url, headers) : null;
    const how =
      authorization === null
        ? 'it does not say how; it may want headers with a key'
        : `its authorization server is ${authorization.issuer}`;
    return { ...failure('NEEDS_AUTHORIZATION', `The server wants authorization (status ${status}): ${how}.`), authorization };
  }
  if (status >= 300 && status < 400) {
    const location = headers.get('location') ?? '';
    const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
    return failure(
      'REDIRECTED',
      `The server redirects (status ${status})${target === undefined ? '' : ` to ${target.origin}${target.pathname}`}. Register the address it redirects to.`,
    );
  }
  return contentType === 'text/html' && status < 400 ? toNotMcp(answer) : undefined;
}

/** A legacy handshake, and the end of the session that it opened. */
async function probeLegacy(
  http: GuardedFetch,
  url: string,
  headers: Record<string, string>,
): Promise<{ answer: WireAnswer; server: ProbedServer | undefined }> {
  const answer = await exchange(http, 'POST', url, headers, INITIALIZE);
  const result = answer.message?.['result'];
  const session = answer.headers.get('mcp-session-id');
  if (session !== null) {
    await exchange(http, 'DELETE', url, { ...headers, 'mcp-session-id': session, 'mcp-protocol-version': LEGACY_REVISION });
  }
  return { answer, server: isObject(result) && typeof result['protocolVersion'] === 'string' ? toServer(url, result) : undefined };
}

function isModern({ message }: WireAnswer): boolean {
  const { result, error } = message ?? {};
  return (isObject(result) && Array.isArray(result['supportedVersions'])) || (isObject(error) && MODERN_CODES.has(error['code']));
}

/** Whether a server of the first transport is there; undefined where none is. The session ends with the stream. */
async function probeSse(http: GuardedFetch, url: string, headers: Record<string, string>): Promise<ProbeResult | undefined> {
  const answer = await exchangeOverSse(http, url, headers, INITIALIZE);
  if (answer.status === 401 || answer.status === 403) return findFault(http, url, { ...answer, contentType: '' });
  const { endpoint } = answer;
  // The place that it names must be of the same origin (MCP 2024-11-05, Transports).
  if (endpoint === undefined || URL.parse(endpoint, url)?.origin !== new URL(url).origin) return undefined;
  const server = toServer(url, answer.message?.['result']) ?? null;
  const name = server === null ? new URL(url).host : (server.title ?? server.name);
  const message = `${name} is reachable and speaks the deprecated transport HTTP with SSE.`;
  return { outcome: 'REACHABLE', message, transport: 'SSE', eras: ['LEGACY'], server, authorization: null };
}

function toReachable(url: string, eras: readonly ProtocolEra[], server: ProbedServer | null): ProbeResult {
  const name = server === null ? new URL(url).host : (server.title ?? server.name);
  const speaks =
    eras.length === 2 ? 'both protocol eras' : eras[0] === 'MODERN' ? `MCP ${MODERN_REVISION} and later` : `MCP up to ${LEGACY_REVISION}`;
  return {
    outcome: 'REACHABLE',
    message: `${name} is reachable and speaks ${speaks}.`,
    transport: 'STREAMABLE_HTTP',
    eras,
    server,
    authorization: null,
  };
}

function toNotMcp({ status, contentType }: WireAnswer): ProbeResult {
  if (contentType === 'text/html')
    return failure(
      'HTML_PAGE',
      `The address is a web page (status ${status}), not an MCP server. The URL of the MCP server often ends in /mcp.`,
    );
  if (status >= 500) return failure('SERVER_ERROR', `The server answered with an error (status ${status}). Ask whoever runs it.`);
  return failure(
    'NOT_MCP',
    `The server answered (status ${status}), but not as an MCP server. Check the path; it often ends in /mcp or /sse.`,
  );
}

/** Serverinfo stands in the legacy result itself, and in the modern result's metadata. */
function toServer(url: string, result: unknown): ProbedServer | undefined {
  if (!isObject(result)) return undefined;
  const meta = isObject(result['_meta']) ? result['_meta'] : {};
  const info = [result['serverInfo'], meta['io.modelcontextprotocol/serverInfo']].find(isObject);
  const name = info?.['name'];
  if (info === undefined || typeof name !== 'string') return undefined;
  return {
    name: short(name),
    title: toText(info['title']),
    version: toText(info['version']),
    instructions: toText(result['instructions']),
    icons: toIcons(info['icons']),
    iconSources: toIconSources(info['icons'], url),
    capabilities: isObject(result['capabilities']) ? Object.keys(result['capabilities']).slice(0, 50).sort() : [],
  };
}

function toIcons(icons: unknown): string[] {
  const list: unknown[] = Array.isArray(icons) ? icons : [];
  return list
    .flatMap((icon: unknown) =>
      isObject(icon) && typeof icon['src'] === 'string' && icon['src'].startsWith('https://') ? [short(icon['src'])] : [],
    )
    .slice(0, 10);
}

function toText(value: unknown): string | null {
  return typeof value === 'string' ? short(value) : null;
}

/** What a stranger says of itself is shown to people, so it is kept short. */
function short(text: string): string {
  return text.length <= 4_000 ? text : `${text.slice(0, 4_000)}…`;
}
