import type { Transport } from '../../contract/snapshot.ts';

/** How a probe ended. Anything but REACHABLE and NEEDS_AUTHORIZATION says what is wrong with the URL. */
export type ProbeOutcome =
  | 'REACHABLE'
  | 'NEEDS_AUTHORIZATION'
  | 'ADDRESS_REFUSED'
  | 'NAME_UNKNOWN'
  | 'CONNECTION_FAILED'
  | 'TLS_FAILED'
  | 'TIMEOUT'
  | 'REDIRECTED'
  | 'HTML_PAGE'
  | 'SERVER_ERROR'
  | 'NOT_MCP';

/** Protocol eras: LEGACY is 2025-11-25 and earlier, MODERN 2026-07-28 and later. */
export type ProtocolEra = 'LEGACY' | 'MODERN';

/** What the server says of itself. */
export interface ProbedServer {
  readonly name: string;
  readonly title: string | null;
  readonly version: string | null;
  readonly instructions: string | null;
  /** Addresses of its icons. */
  readonly icons: readonly string[];
  /** Where an icon of it may be read, best first. */
  readonly iconSources: readonly string[];
  /** Names of the capabilities it declares, `tools` for example. */
  readonly capabilities: readonly string[];
}

/** Where the server sends people to be authorized. */
export interface ProbedAuthorization {
  readonly issuer: string;
  /** Whether clients can register themselves (RFC 7591). */
  readonly offersRegistration: boolean;
  /** Whether a client id metadata document is accepted instead. */
  readonly acceptsClientIdMetadataDocument: boolean;
  readonly scopes: readonly string[];
}

/** What was found out about a URL. */
export interface ProbeResult {
  readonly outcome: ProbeOutcome;
  /** One sentence for people: what was found, or what is wrong and what to do. */
  readonly message: string;
  readonly transport: Transport | null;
  readonly eras: readonly ProtocolEra[];
  readonly server: ProbedServer | null;
  readonly authorization: ProbedAuthorization | null;
}

/** A probe that found no MCP server. */
export function failure(outcome: ProbeOutcome, message: string): ProbeResult {
  return { outcome, message, transport: null, eras: [], server: null, authorization: null };
}
