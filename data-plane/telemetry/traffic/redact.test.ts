import { describe, expect, it } from 'vitest';
import { redactJson, redactText } from './redact.ts';
import { withoutUriSecrets } from './uri-secrets.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const PEM = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEowIBAAKCAQEA7', '-----END RSA PRIVATE KEY-----'].join('\n');

function textOf(value: unknown): string {
  return redactJson(value, 16_384).text;
}

describe('what is taken out', () => {
  it.each([
    ['an Authorization header', 'Authorization: Bearer abc.def-123', 'abc.def'],
    ['basic credentials', 'authorization = Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['a JWT', `the token ${JWT} of today`, 'eyJ'],
    ['a key of GitHub', `use ghp_${'a1B2'.repeat(9)} here`, 'ghp_'],
    ['a key of ours', `slc_${'Zx9'.repeat(10)}`, 'Zx9Zx9'],
    ['a key of AWS', 'AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7'],
    ['a password in words', 'password: hunter2, and so on', 'hunter2'],
    ['a password in an assignment', 'DB_PASSWORD=hunter2 node x', 'hunter2'],
    ['a secret in JSON within a text', '{"client_secret": "hunter2"}', 'hunter2'],
    ['a secret in escaped JSON', '{\\"client_secret\\":\\"hunter2\\"}', 'hunter2'],
    ['credentials in a URL', 'postgres://admin:hunter2@db.example.com/x', 'hunter2'],
    ['a token in a query', 'https://example.com/a?access_token=hunter2&x=1', 'hunter2'],
    ['a private key', `key:\n${PEM}\nend`, 'MIIEow'],
    ['a private key that was cut', PEM.slice(0, 50), 'MIIEow'],
    ['an address of e-mail', 'write to ada.lovelace@example.co.uk please', 'lovelace'],
    ['the number of a card', 'card 4111 1111 1111 1111 valid', '1111'],
    ['an account number', 'to DE89 3704 0044 0532 0130 00 now', '0532'],
    ['a social security number', 'SSN 078-05-1120', '1120'],
    ['a telephone number', 'call +49 (30) 901820-12', '901820'],
    ['something random', 'x 9f86d081884c7d659a2feaa0c55ad015 y', '9f86d081'],
  ])('%s', (_name, text, secret) => {
    expect(textOf({ note: text })).toContain('[redacted]');
    expect(textOf({ note: text })).not.toContain(secret);
    expect(redactText(text, 16_384).text).not.toContain(secret);
    expect(redactText(JSON.stringify({ note: text }), 16_384).text).not.toContain(secret);
  });

  it.each(['password', 'apiKey', 'X-Api-Key', 'client_secret', 'refreshToken', 'Authorization', 'cookie', 'pin', 'cardNumber'])(
    'whatever is called %s, however it is made',
    (name) => {
      for (const secret of ['hunter2', 1234, ['hunter2'], { value: 'hunter2' }]) {
        const { text, redactions } = redactJson({ outer: [{ [name]: secret, kept: 'yes' }] }, 16_384);
        expect(JSON.parse(text)).toEqual({ outer: [{ [name]: '[redacted]', kept: 'yes' }] });
        expect(redactions).toBe(1);
      }
    },
  );

  it('a secret that is a name itself, and a card as a number', () => {
    expect(textOf({ [JWT]: 1, card: 4_111_111_111_111_111 })).toBe('{"[redacted]":1,"card":"[redacted]"}');
  });
});

it.each([
  'find the open tickets of 2026-11-30, version 1.2.3',
  'id 0f8fad5b-d9cb-469f-a165-70867728950e in src/data-plane/telemetry/traffic/redact.ts:12',
  'max_tokens: 100, authors: Ada and Grace, secretary: Bob',
  'https://example.com/docs/getting-started-with-the-gateway?page=2',
  'an order of 1234567890123 pieces', // no card: its check digit is wrong
])('what is no secret stays: %s', (text) => {
  expect(JSON.parse(textOf(text))).toBe(text);
});

it('what is kept has a limit, and a secret at the cut does not slip through', () => {
  const { text, isTruncated } = redactJson({ a: 'word '.repeat(100), mail: 'ada@example.com' }, 200);
  expect(text).toHaveLength(200);
  expect(isTruncated).toBe(true);
  for (let cut = 5; cut < 40; cut++) expect(redactText(`to ada.lovelace@example.com or ${JWT}`, cut).text).not.toMatch(/lovel|eyJ/);
});

it.each([
  ['digits', '1'.repeat(200_000)],
  ['groups', '12 '.repeat(70_000)],
  ['letters', 'a'.repeat(200_000)],
  ['at signs', 'a@'.repeat(100_000)],
  ['names', 'password '.repeat(25_000)],
  ['assignments', 'token='.repeat(30_000)],
  ['capitals', 'AB12'.repeat(50_000)],
  ['plus signs', '+1 23 '.repeat(30_000)],
  ['beginnings of keys', '-----BEGIN PRIVATE KEY-----'.repeat(7_000)],
  ['blanks', `password:${' '.repeat(200_000)}x`],
])('takes time in proportion to the length of %s', (_name, text) => {
  const before = process.cpuUsage(); // a busy machine must not count
  redactText(text, 200_000);
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(500);
});

it('nesting is bounded', () => {
  let deep: unknown = 'x';
  for (let i = 0; i < 10_000; i++) deep = [deep];
  expect(textOf(deep)).toContain('[redacted]');
});

it('a URI keeps the place and loses what is added to it', () => {
  expect(withoutUriSecrets('file:///home/notes.md')).toBe('file:///home/notes.md');
  expect(withoutUriSecrets('https://ada:pw@example.com/a?token=x#y')).toBe('https://[redacted]@example.com/a?[redacted]');
  expect(withoutUriSecrets('not a uri')).toBe('not a uri');
});
