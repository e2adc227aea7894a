import type { AddServerProbeMutation, McpAuthentication, McpGranularity, McpTransport } from '../../generated/graphql.ts';
import { toSlug } from '../../parts/to-slug.ts';

/** What was found behind a URL. */
export type Probe = NonNullable<AddServerProbeMutation['mcpServerProbe']['probe']>;

/** What the form fills in by itself. */
export interface Proposal {
  readonly name: string;
  readonly slug: string;
  readonly transport: McpTransport;
  readonly authentication: McpAuthentication;
  readonly granularity: McpGranularity;
}

const MAX_NAME = 120;
/** Parts of host names that say nothing about the server. */
const DULL = new Set(['mcp', 'www', 'api', 'app', 'server', 'remote']);

/** A URL that can be looked at: complete, and of a scheme that servers have. */
export function parseServerUrl(text: string): URL | undefined {
  const trimmed = text.trim();
  if (!/^https?:\/\/[^/\s]+/i.test(trimmed) || !URL.canParse(trimmed)) return undefined;
  const url = new URL(trimmed);
  return url.hostname.includes('.') || url.hostname === 'localhost' || url.hostname.startsWith('[') ? url : undefined;
}

/** The settings that fit what was found; before anything was found, those that fit most servers. */
export function propose(url: URL, probe: Probe | undefined): Proposal {
  const said = (probe?.server?.title ?? probe?.server?.name ?? '').trim();
  const name = (said === '' ? toNameOfHost(url) : said).slice(0, MAX_NAME);
  const authentication = proposeAuthentication(probe);
  return {
    name,
    slug: toSlug(name) || toSlug(url.hostname),
    transport: probe?.transport ?? (/\/sse\/?$/.test(url.pathname) ? 'SSE' : 'STREAMABLE_HTTP'),
    authentication,
    granularity: authentication === 'OAUTH' ? 'USER' : 'ORGANIZATION',
  };
}

function proposeAuthentication(probe: Probe | undefined): McpAuthentication {
  if (probe?.authorization != null) return 'OAUTH';
  return probe?.outcome === 'NEEDS_AUTHORIZATION' ? 'CUSTOM_HEADERS' : 'NONE';
}

/** Whether somebody has to register a client by hand before OAuth can work. */
export function needsOwnClient(probe: Probe | undefined): boolean {
  const authorization = probe?.authorization;
  return authorization != null && !authorization.offersRegistration && !authorization.acceptsClientIdMetadataDocument;
}

/** `mcp.linear.app` is Linear. An address is itself. */
function toNameOfHost({ hostname }: URL): string {
  if (/^[\d.:[\]]+$/.test(hostname) || !hostname.includes('.')) return hostname;
  const parts = hostname.split('.').slice(0, -1);
  const telling = parts.filter((part) => !DULL.has(part)).at(-1) ?? parts.at(-1) ?? hostname;
  return telling.charAt(0).toUpperCase() + telling.slice(1);
}
