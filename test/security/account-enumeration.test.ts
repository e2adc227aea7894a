// Whose accounts there are must not be found out by trying to sign in: neither by words, nor by time, nor by when attempts end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { startTestControlPlane, type OwnControlPlane } from '../support/control-plane.ts';
import { UserDisableDocument } from '../support/generated/graphql.ts';
import { addPerson, openSignedInBrowser, TEST_PASSWORD } from '../support/web-sign-in.ts';
import { Browser } from '../support/browser.ts';

let plane: OwnControlPlane;
let known: string;
let disabled: string;
let withoutPassword: string;

beforeAll(async () => {
  plane = await startTestControlPlane();
  const api = new ApiClient(plane.url, plane.adminKey);
  const [person, gone, invited] = [await addPerson(api), await addPerson(api), await addPerson(api)];
  await openSignedInBrowser(api, plane.url, person.id);
  await openSignedInBrowser(api, plane.url, gone.id);
  await plane.run(plane.adminKey, UserDisableDocument, { id: gone.id });
  [known, disabled, withoutPassword] = [person.email, gone.email, invited.email];
});
afterAll(() => plane.stop());

interface Attempt {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
  readonly tookMs: number;
}

const form = { browser: new Browser(), csrf: '' };

/** Each from an address of its own, unless one is given. */
let addresses = 0;
async function attempt(email: string, password: string, address = `198.51.100.${++addresses % 250}`): Promise<Attempt> {
  if (form.csrf === '') form.csrf = /name="csrf" value="([^"]+)"/.exec((await form.browser.open(`${plane.url}/sign-in`)).text)![1]!;
  const beganMs = performance.now();
  const response = await fetch(`${plane.url}/sign-in`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: form.browser.cookies.headerFor(new URL(plane.url)),
      'x-forwarded-for': address,
    },
    body: new URLSearchParams({ csrf: form.csrf, email, password }).toString(),
  });
  const text = (await response.text()).replaceAll(email, '(e-mail address)');
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text, tookMs: performance.now() - beganMs };
}

const unknown = () => `nobody-${addresses}@example.com`;

describe('an attempt', () => {
  it('is answered in the same words, whether or not there is such an account', async () => {
    const wrong = await attempt(known, 'not the password');
    expect([wrong.status, wrong.retryAfter]).toEqual([403, null]);
    for (const [email, password] of [
      [unknown(), 'not the password'],
      [disabled, TEST_PASSWORD],
      [withoutPassword, 'not the password'],
      ['not an address', 'not the password'],
    ] as const) {
      const { status, text } = await attempt(email, password);
      expect({ status, text }).toEqual({ status: wrong.status, text: wrong.text });
    }
  });

  it('takes as long, whether or not there is such an account', async () => {
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    for (let round = 0; round < 7; round++) {
      times.known.push((await attempt(known, 'not the password')).tookMs);
      times.unknown.push((await attempt(unknown(), 'not the password')).tookMs);
    }
    // The quickest of each says what the work takes; the others also say how busy the machine is. Without the computation, an answer takes
    // a few milliseconds instead of dozens.
    expect(Math.min(...times.unknown)).toBeGreaterThan(Math.min(...times.known) / 2);
    expect(Math.min(...times.unknown)).toBeLessThan(Math.min(...times.known) * 2);
  });
});

describe('guessing', () => {
  it('ends after ten attempts with one address of whomever, the right password included', async () => {
    for (const email of ['locked@example.com', disabled]) {
      const before = email === disabled ? 1 : 0; // of the test above
      for (let guess = before; guess < 10; guess++) expect((await attempt(email, 'guess')).status).toBe(403);
      const locked = await attempt(email, TEST_PASSWORD);
      expect(locked.status).toBe(429);
      expect(Number(locked.retryAfter)).toBeGreaterThan(60);
      expect(locked.text).toContain('Too many attempts');
    }
  });

  it('does not get through by trying everything at once', async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, () => attempt('at-once@example.com', 'guess')));
    expect(answers.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(10);
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(15);
  });

  it('ends for an address, or a network of IPv6, that tries many accounts', async () => {
    const one = async (round: number) => attempt(`spray-${round}@example.com`, 'guess', `2001:db8:1:2::${round.toString(16)}`);
    const answers: Attempt[] = [];
    for (let batch = 0; batch < 5; batch++)
      answers.push(...(await Promise.all(Array.from({ length: 14 }, (_, at) => one(batch * 14 + at + 1)))));
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(60);
    expect((await attempt('spray-next@example.com', 'guess', '2001:db8:1:3::1')).status).toBe(403);
  });
});
