import { compilePattern, matchesPattern, type NamePattern } from './name-pattern.ts';

/** A URI template (RFC 6570), as far as it tells which URIs it can expand to. */
export interface UriTemplate {
  /** Matches at least what the template expands to, in folded form: for restrictions. */
  readonly loose: NamePattern;
  /** Literal text with gaps between; a gap that reaches over path segments says so. */
  readonly literals: readonly string[];
  readonly gaps: readonly { readonly isWide: boolean }[];
}

const EXPRESSION = /\{([^{}]*)\}/g;

/** Compiles a template. Text in braces is an expression, whatever it says. */
export function compileUriTemplate(template: string): UriTemplate {
  const literals: string[] = [];
  const gaps: { isWide: boolean }[] = [];
  let from = 0;
  for (const match of template.matchAll(EXPRESSION)) {
    const literal = template.slice(from, match.index);
    from = match.index + match[0].length;
    const isWide = /^[+#/?&;.]/.test(match[1] ?? '');
    const adjacent = literal === '' ? gaps.at(-1) : undefined;
    if (adjacent !== undefined) adjacent.isWide ||= isWide;
    else {
      literals.push(literal);
      gaps.push({ isWide });
    }
  }
  literals.push(template.slice(from));
  return { loose: compilePattern(template.replace(EXPRESSION, '*')), literals, gaps };
}

/** Whether the template may stand behind any of the folded forms of a URI. */
export function mayExpandTo(template: UriTemplate, foldedForms: readonly string[]): boolean {
  return foldedForms.some((form) => matchesPattern(template.loose, form));
}

/**
 * Whether a URI, as it is written, is an expansion: a plain expression reaches no further than its path segment. Says no where in
 * doubt (a literal that could stand at several places), because whoever asks would let the URI pass.
 */
export function expandsTo({ literals, gaps }: UriTemplate, uri: string): boolean {
  const first = literals[0] ?? '';
  if (gaps.length === 0) return uri === first;
  if (!uri.startsWith(first)) return false;
  let position = first.length;
  for (const [index, { isWide }] of gaps.entries()) {
    const next = literals[index + 1] ?? '';
    const isLast = index === gaps.length - 1;
    const end = isLast ? uri.length - next.length : uri.indexOf(next, position);
    if (end < position || (isLast && !uri.endsWith(next))) return false;
    if (!isWide && /[/?#\\]/.test(uri.slice(position, end))) return false;
    position = end + next.length;
  }
  return true;
}
