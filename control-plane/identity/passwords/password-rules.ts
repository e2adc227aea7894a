/** The shortest password, in characters. */
export const MIN_PASSWORD_LENGTH = 12;
/** The longest password, in characters: a sentence fits, a document does not. */
const MAX_PASSWORD_LENGTH = 256;
/** Fewer different characters than this are a pattern, not a password. */
const MIN_DIFFERENT_CHARACTERS = 5;

/** What everybody tries first, and rows of keys. Compared without digits and signs, and repeated as often as it takes. */
const OBVIOUS_WORDS = ['password', 'passwort', 'administrator', 'admin', 'letmein', 'welcome', 'changeme', 'secret', 'sluice', 'iloveyou'];
const ROWS_OF_KEYS = ['abcdefghijklmnopqrstuvwxyz', '01234567890123456789', 'qwertyuiopasdfghjklzxcvbnm', 'qwertzuiopasdfghjklyxcvbnm'];

/** Whose password it would be: what a stranger knows of them is not a secret. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

/** Why this cannot be a password, in a sentence for whoever chose it; undefined where it can. */
export function findPasswordFault(password: string, owner: PasswordOwner): string | undefined {
  const { length } = password;
  if (length < MIN_PASSWORD_LENGTH) return `A password has at least ${MIN_PASSWORD_LENGTH} characters.`;
  if (length > MAX_PASSWORD_LENGTH) return `A password has at most ${MAX_PASSWORD_LENGTH} characters.`;
  return isObvious(password.toLowerCase(), owner)
    ? 'This is among the first things that somebody else would try. Choose another one.'
    : undefined;
}

function isObvious(password: string, { email, name }: PasswordOwner): boolean {
  if (new Set(password).size < MIN_DIFFERENT_CHARACTERS) return true;
  if (ROWS_OF_KEYS.some((row) => isPartOf(password, row))) return true;
  const [account = '', domain = ''] = email.toLowerCase().split('@');
  const known = [...OBVIOUS_WORDS, email.toLowerCase(), account, domain, ...name.toLowerCase().split(/\s+/)].map(toLetters);
  return isMadeOf(
    toLetters(password),
    known.filter((word) => word.length > 2),
  );
}

/** Along the row in either direction, over its end and on from its start. */
function isPartOf(password: string, row: string): boolean {
  const endless = row.repeat(Math.ceil(password.length / row.length) + 1);
  return endless.includes(password) || endless.split('').toReversed().join('').includes(password);
}

/** Whether nothing is left, or next to nothing, once the words are taken away. */
function isMadeOf(letters: string, words: readonly string[]): boolean {
  if (letters === '') return false;
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((left, word) => left.replaceAll(word, ''), letters).length < 3;
}

function toLetters(text: string): string {
  return text.replace(/[^\p{L}]/gu, '');
}
