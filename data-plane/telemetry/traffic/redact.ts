// Trust boundary: arguments and results on their way into the log. What looks like a secret or like personal data is taken out here, before
// anything leaves the process. It is a net and no proof: what has no form by which it could be known stays in. Every step is linear in the
// length of the text: runs of characters are looked at once, and what is searched for has a bounded length.
import { isObject } from '../../mcp/message.ts';
import { REDACTED } from './uri-secrets.ts';

/** A text without what must not be kept. */
export interface RedactedText {
  readonly text: string;
  /** How many places were taken out. */
  readonly redactions: number;
  readonly isTruncated: boolean;
}

/** How much is read beyond what is kept, so that a secret at the cut is still recognized, in characters. */
const MARGIN_CHARS = 1_024;

/** How deep values may be nested. */
const MAX_DEPTH = 64;

/** JSON of a value with what must not be kept taken out, or its beginning. */
export function redactJson(value: unknown, maxChars: number): RedactedText {
  const writer = new RedactedJson(maxChars + MARGIN_CHARS);
  writer.write(value, 0);
  const { redactions, text } = writer;
  return { text: text.slice(0, maxChars), redactions, isTruncated: text.length > maxChars };
}

/** A text that may be anything, JSON that was cut for example. */
export function redactText(whole: string, maxChars: number): RedactedText {
  const { text, redactions } = redact(whole.slice(0, maxChars + MARGIN_CHARS));
  return { text: text.slice(0, maxChars), redactions, isTruncated: text.length > maxChars };
}

/** Writes JSON until there is enough of it. */
class RedactedJson {
  text = '';
  redactions = 0;
  readonly #enough: number;

  constructor(enough: number) {
    this.#enough = enough;
  }

  write(value: unknown, depth: number): void {
    if (this.text.length >= this.#enough) return;
    if (typeof value === 'string') return this.#writeText(value);
    if (depth >= MAX_DEPTH) return this.#takeOut();
    if (Array.isArray(value)) return this.#writeArray(value, depth);
    if (isObject(value)) return this.#writeObject(value, depth);
    if (typeof value === 'number' && isCardNumber(String(value))) return this.#takeOut();
    this.text += JSON.stringify(value) ?? 'null';
  }

  #writeArray(values: readonly unknown[], depth: number): void {
    this.text += '[';
    for (const [i, value] of values.entries()) {
      if (this.text.length >= this.#enough) return;
      if (i > 0) this.text += ',';
      this.write(value, depth + 1);
    }
    this.text += ']';
  }

  #writeObject(value: Readonly<Record<string, unknown>>, depth: number): void {
    this.text += '{';
    let isFirst = true;
    for (const [key, member] of Object.entries(value)) {
      if (this.text.length >= this.#enough) return;
      if (!isFirst) this.text += ',';
      isFirst = false;
      this.#writeText(key);
      this.text += ':';
      if (isSecretName(key) && member !== null && typeof member !== 'boolean') this.#takeOut();
      else this.write(member, depth + 1);
    }
    this.text += '}';
  }

  #writeText(value: string): void {
    const { text, redactions } = redact(value.slice(0, this.#enough));
    this.redactions += redactions;
    this.text += JSON.stringify(text);
  }

  #takeOut(): void {
    this.redactions++;
    this.text += `"${REDACTED}"`;
  }
}

/** Names of what is secret, in any spelling: `apiKey`, `API_KEY`, `x-api-key`. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|pwd|secret|token|apikey|accesskey|privatekey|signingkey|encryptionkey|authorization|cookie|credentials?|sessionid|bearer|otp|pin|cvv|cvc|ssn|iban|cardnumber|creditcard)$/;

const MAX_NAME = 64;

/** Whether what is called so is a secret, or says too much of a person. */
export function isSecretName(name: string): boolean {
  return name.length <= MAX_NAME && SECRET_NAME.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
}

/** Runs of characters that tokens, addresses and names consist of; everything between two of them separates. */
const RUN = /[A-Za-z0-9_+/=.@%:~$-]+/g;

/** What may stand between the name of a secret and the secret. */
const ASSIGNMENT = /^[\s"'`\\]*$/;

const PEM = /-----BEGIN [A-Z0-9 ]{0,64}PRIVATE KEY-----/;
const PEM_END = '-----END';

/** Numbers of cards and accounts are written in groups, so they are more than one run. */
const NUMBERS: readonly (readonly [pattern: RegExp, isMeant: (digits: string) => boolean])[] = [
  [/(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g, isCardNumber],
  [/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g, isIban],
  [/\b\d{3}-\d{2}-\d{4}\b/g, () => true],
  [/\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){1,4}\b/g, () => true],
];

function redact(whole: string): { readonly text: string; readonly redactions: number } {
  let redactions = 0;
  const takeOut = () => {
    redactions++;
    return REDACTED;
  };
  let text = withoutPrivateKeys(whole, takeOut);
  for (const [pattern, isMeant] of NUMBERS) text = text.replace(pattern, (found) => (isMeant(found) ? takeOut() : found));
  let isExpected = false;
  let end = 0;
  text = text.replace(RUN, (run: string, at: number) => {
    const between = text.slice(end, Math.min(at, end + MAX_NAME));
    const isNext = isExpected && at - end < MAX_NAME && ASSIGNMENT.test(between);
    end = at + run.length;
    // A colon or an equals sign by itself belongs to the name before it.
    if (isNext && /^[:=]+$/.test(run)) return run;
    isExpected = announcesSecret(run, isNext);
    if (isNext && !isExpected) return takeOut();
    const kept = redactRun(run);
    if (kept !== run) redactions++;
    return kept;
  });
  return { text, redactions };
}

/** Whether the next run is a secret: after `Bearer`, after `password:`, after a name in quotes. */
function announcesSecret(run: string, isNext: boolean): boolean {
  if (/^(?:bearer|basic)$/i.test(run)) return true;
  const name = run.replace(/[:=]+$/, '');
  return !(isNext && name === run) && isSecretName(name);
}

function withoutPrivateKeys(text: string, takeOut: () => string): string {
  let rest = text;
  let done = '';
  for (let found = PEM.exec(rest); found !== null; found = PEM.exec(rest)) {
    const end = rest.indexOf(PEM_END, found.index);
    done += rest.slice(0, found.index) + takeOut();
    if (end < 0) return done;
    const lineEnd = rest.indexOf('\n', end);
    rest = lineEnd < 0 ? '' : rest.slice(lineEnd);
  }
  return done + rest;
}

/** Beginnings by which issuers make their tokens known. */
const TOKEN =
  /^(?:slc_|sk-|sk_|pk_|rk_|ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|xox[abeoprs]-|xapp-|AKIA|ASIA|AIza|ya29\.|npm_|pypi-|hf_|SG\.|shpat_|dop_v1_|eyJ|lin_api_|ntn_|secret_|whsec_|key-)[A-Za-z0-9_+/=.-]{12,}$/;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const RANDOM = /^[A-Za-z0-9+/_=-]{32,}$/;
const MIN_RANDOM_DIGITS = 4;

function redactRun(run: string): string {
  const equals = run.indexOf('=');
  if (equals > 0 && equals < run.length - 1 && isSecretName(run.slice(0, equals))) return `${run.slice(0, equals + 1)}${REDACTED}`;
  const colon = run.indexOf(':');
  if (colon > 0 && colon < run.length - 1 && isSecretName(run.slice(0, colon))) return `${run.slice(0, colon + 1)}${REDACTED}`;
  const scheme = run.indexOf('://');
  if (scheme > 0) return redactUrl(run, scheme + '://'.length);
  const value = equals > 0 && equals < run.length - 1 && !/=+$/.test(run) ? run.slice(equals + 1) : run;
  return isTelling(value) ? `${run.slice(0, run.length - value.length)}${REDACTED}` : run;
}

/** User and password go, and what stands in the path for a token. */
function redactUrl(url: string, authority: number): string {
  const slash = url.indexOf('/', authority);
  const host = slash < 0 ? url.slice(authority) : url.slice(authority, slash);
  const at = host.lastIndexOf('@');
  const shown = at < 0 ? host : `${REDACTED}${host.slice(at)}`;
  const path = slash < 0 ? '' : url.slice(slash);
  return url.slice(0, authority) + shown + path.split('/').map((part) => (isTelling(part) ? REDACTED : part)).join('/'); // prettier-ignore
}

function isTelling(run: string): boolean {
  return TOKEN.test(run) || isEmail(run) || isRandom(run);
}

function isEmail(run: string): boolean {
  const at = run.indexOf('@');
  if (at < 1) return false;
  const dot = run.indexOf('.', at + 2);
  return dot > 0 && /^[A-Za-z]/.test(run.slice(dot + 1));
}

function isRandom(run: string): boolean {
  if (!RANDOM.test(run) || UUID.test(run) || run.split('/').length > MAX_SLASHES) return false;
  const digits = run.replaceAll(/[^0-9]/g, '').length;
  return digits >= MIN_RANDOM_DIGITS && digits < run.length;
}

/** More of them are a path. */
const MAX_SLASHES = 3;

/** ISO/IEC 7812, annex B: the check digit of a card number. */
function isCardNumber(found: string): boolean {
  const digits = found.replaceAll(/[ -]/g, '');
  if (!/^\d{13,19}$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

/** ISO 13616: what an account number is when it is read as a number, modulo 97. */
function isIban(found: string): boolean {
  const text = found.replaceAll(' ', '');
  let rest = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}
