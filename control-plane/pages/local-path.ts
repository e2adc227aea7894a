/** The longest path that is carried through a sign-in, in characters. */
const MAX_LENGTH = 2_000;

/**
 * Whether a text that came with a request is a path on this origin, and nothing that a browser would take for another one: `//host`,
 * `/\host`, a scheme, or either of them hidden behind characters that browsers drop (WHATWG URL, section 4.4).
 */
export function isLocalPath(text: string): boolean {
  return text.length <= MAX_LENGTH && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) && URL.canParse(text, 'http://localhost');
}
