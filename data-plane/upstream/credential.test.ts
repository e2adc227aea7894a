import { describe, expect, it } from 'vitest';
import { ok } from '../../foundation/result.ts';
import { judgeCredential, NO_CREDENTIAL, type UpstreamCredential } from './credential.ts';

const REFUSAL = { reason: 'authorization_required', subject: 'user' } as const;

function renewable() {
  const missing: string[] = [];
  let accepted = 0;
  const renewal = {
    renew: async () => ok(undefined),
    noteMissingScopes: (scopes: string) => void missing.push(scopes),
    noteAccepted: () => void accepted++,
    refusal: REFUSAL,
  };
  return { missing, accepted: () => accepted, credential: { headers: [], renewal } satisfies UpstreamCredential };
}

describe('an answer of an upstream', () => {
  it('is accepted whatever it says where nothing newer could be sent', () => {
    for (const status of [200, 401, 403]) expect(judgeCredential(NO_CREDENTIAL, status, {}, false)).toBe('accepted');
  });

  it('with 401 refuses the credential: once for something newer, and then for a person', () => {
    const { accepted, credential } = renewable();
    expect(judgeCredential(credential, 401, {}, false)).toBe('renew');
    expect(judgeCredential(credential, 401, {}, true)).toBe(REFUSAL);
    expect(judgeCredential(credential, 500, {}, false)).toBe('accepted');
    expect(accepted()).toBe(0);
    expect(judgeCredential(credential, 200, {}, false)).toBe('accepted');
    expect(accepted()).toBe(1);
  });

  it('with 403 is for a person where scopes are missing, and else says nothing of the credential', () => {
    const { credential, missing } = renewable();
    const challenge = 'Bearer error="insufficient_scope", scope="files:read files:write"';
    expect(judgeCredential(credential, 403, { 'www-authenticate': challenge }, false)).toBe(REFUSAL);
    expect(missing).toEqual(['files:read files:write']);
    expect(judgeCredential(credential, 403, { 'www-authenticate': 'Bearer error="invalid_request"' }, false)).toBe('accepted');
    expect(judgeCredential(credential, 403, {}, false)).toBe('accepted');
  });
});
