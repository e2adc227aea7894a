import type { ServerResponse } from 'node:http';
import type { Busy } from '../passwords/password-checks.ts';
import type { Locked } from './sign-in-attempts.ts';

/** A refusal in words, with the status of its page. */
export interface Explanation {
  readonly status: number;
  readonly fault: string;
}

/** How long to wait until the passwords that wait are computed, in seconds. */
const BUSY_SECONDS = 5;

/** Why a password was not looked at. Programs read `Retry-After`. */
export function explainWait(res: ServerResponse, refusal: Locked | Busy): Explanation {
  const seconds = refusal.reason === 'locked' ? refusal.retryAfterSeconds : BUSY_SECONDS;
  res.setHeader('retry-after', String(seconds));
  if (refusal.reason === 'busy') return { status: 503, fault: 'Too many people sign in at this moment. Try again in a few seconds.' };
  const minutes = Math.ceil(seconds / 60);
  return {
    status: 429,
    fault: `Too many attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, or ask an administrator of your organization for a one-time link.`,
  };
}

/** The same words whether the address is unknown, the person disabled, without a password, or the password another one. */
export const WRONG_CREDENTIALS: Explanation = { status: 403, fault: 'The e-mail address or the password is not right.' };

/** A form that this origin did not make for this browser, or made long ago. */
export const FOREIGN_FORM: Explanation = { status: 403, fault: 'This page was out of date. Nothing was changed; try again.' };
