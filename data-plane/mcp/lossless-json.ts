/** A digit run or an exponent that a double may not hold exactly. Cheap to look for: most messages have none. */
const SUSPICIOUS_NUMBER = /\d[\d.]{14}|\d[eE][+-]?\d/;

/** TypeScript's library does not have the source text access of ECMAScript 2026 yet. */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => object };
const parseWithSource = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

/**
 * Parses JSON so that writing it again with `JSON.stringify` keeps every number as it was written. A number that a double cannot hold
 * becomes an opaque object, which only `JSON.stringify` understands: a bridge hands it on, it never calculates with it.
 * @throws {SyntaxError} where the text is not JSON.
 */
export function parseLossless(text: string): unknown {
  return SUSPICIOUS_NUMBER.test(text) ? parseWithSource(text, keepNumber) : JSON.parse(text);
}

function keepNumber(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  return String(value) === context.source ? value : rawJSON(context.source);
}
