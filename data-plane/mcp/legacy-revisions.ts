/** The revisions that open a session with `initialize` over Streamable HTTP, newest first. */
const LEGACY_REVISIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'];

export const NEWEST_LEGACY_REVISION = '2025-11-25';

/** The revision that is meant where a request names none (MCP 2025-06-18, Transports, Protocol Version Header). */
export const ASSUMED_LEGACY_REVISION = '2025-03-26';

export function isLegacyRevision(revision: unknown): revision is string {
  return typeof revision === 'string' && LEGACY_REVISIONS.includes(revision);
}
