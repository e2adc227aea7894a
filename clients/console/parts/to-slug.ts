const MAX_SLUG = 63;

/** A name as a part of URLs: what is left of it in lowercase letters, digits and hyphens, which may be nothing. */
export function toSlug(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
}
