/** What stands where something was taken out. */
export const REDACTED = '[redacted]';

/** A URI without what clients put into URIs that is nobody else's business: user and password, query, fragment. */
export function withoutUriSecrets(uri: string): string {
  const end = uri.search(/[?#]/);
  const kept = end < 0 ? uri : `${uri.slice(0, end + 1)}${REDACTED}`;
  const authority = kept.indexOf('://') + 3;
  if (authority < 3) return kept;
  const slash = kept.indexOf('/', authority);
  const at = kept.lastIndexOf('@', slash < 0 ? kept.length : slash);
  return at < authority ? kept : `${kept.slice(0, authority)}${REDACTED}${kept.slice(at)}`;
}
