// Trust boundary: which names a rule means. Upstreams may take spellings for the same thing that differ in case, in Unicode form or in
// percent-encoding, so restrictions are compared in a folded form: a spelling never escapes a rule. Every match is linear in the name.

const PLAIN = /^[a-z0-9_./:-]*$/;
/** Printable ASCII without blanks: nothing of it decomposes or cannot be seen. */
const ASCII = /^[\x21-\x7e]*$/;
/** Characters that are not seen or only mark another: format, control, accents, variation selectors. */
const INVISIBLE = /[\p{Cf}\p{Cc}\p{Mn}]/gu;

/** The form in which spellings of one name are equal: compatibility-decomposed, lower case, without marks and what cannot be seen. */
export function foldName(name: string): string {
  if (PLAIN.test(name)) return name;
  return ASCII.test(name) ? name.toLowerCase() : name.normalize('NFKD').replace(INVISIBLE, '').toLowerCase().trim();
}

/** How often a URI is decoded: an upstream that decodes twice is a mistake that exists, more is an attack on us. */
const DECODINGS = 3;

/** The folded forms of a URI: as it is, percent-decoded, and with dot segments resolved (RFC 3986 section 5.2.4). */
export function foldUri(uri: string): readonly string[] {
  const folded = foldName(uri);
  const forms = new Set([folded, resolveDots(uri)]);
  let decoded = uri;
  for (let round = 0; round < DECODINGS && decoded.includes('%'); round++) {
    decoded = decodePercent(decoded);
    forms.add(foldName(decoded)).add(resolveDots(decoded));
  }
  return [...forms];
}

function resolveDots(uri: string): string {
  return foldName(URL.parse(uri)?.href ?? uri);
}

function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded; // not UTF-8: no spelling of anything
    }
  });
}

/** A pattern in which `*` stands for any characters, the empty string included. */
export interface NamePattern {
  readonly parts: readonly string[];
}

/** Compiles a pattern, in the folded form. */
export function compilePattern(pattern: string): NamePattern {
  return { parts: pattern.split('*').map(foldName) };
}

/** Whether a folded name matches. */
export function matchesPattern({ parts }: NamePattern, folded: string): boolean {
  const first = parts[0] ?? '';
  if (parts.length === 1) return folded === first;
  const last = parts.at(-1) ?? '';
  if (folded.length < first.length + last.length || !folded.startsWith(first) || !folded.endsWith(last)) return false;
  const end = folded.length - last.length;
  let position = first.length;
  for (let index = 1; index < parts.length - 1; index++) {
    const part = parts[index] ?? '';
    const found = folded.indexOf(part, position);
    if (found < 0 || found + part.length > end) return false;
    position = found + part.length;
  }
  return true;
}
