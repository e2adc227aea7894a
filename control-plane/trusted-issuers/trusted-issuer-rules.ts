import { z } from 'zod';

/** The most claims that a token can be asked for. */
export const MAX_REQUIRED_CLAIMS = 20;
/** The most issuers that an organization trusts: each token is checked with the keys of those it names, and keys are read from each. */
export const MAX_TRUSTED_ISSUERS = 20;

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const NOT_A_URL = 'This is not an https URL.';

/** Over anything else, whoever is in between could put keys of their own into the answer. Loopback has nobody in between. */
const urlRule = z
  .string()
  .max(2_048, 'A URL has at most 2048 characters.')
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, hash } = new URL(text);
    return username === '' && hash === '' && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname)));
  }, NOT_A_URL);

const claimText = (what: string) => z.string().min(1, `${what} has 1 to 256 characters.`).max(256, `${what} has 1 to 256 characters.`);

const settings = {
  audience: claimText('An audience').nullish(),
  jwksUrl: urlRule.nullish(),
  requiredClaims: z
    .array(z.object({ name: claimText('The name of a claim'), value: claimText('The value of a claim') }))
    .max(MAX_REQUIRED_CLAIMS, `At most ${MAX_REQUIRED_CLAIMS} claims can be required.`)
    .refine((claims) => new Set(claims.map(({ name }) => name)).size === claims.length, 'A claim is required twice.'),
  userClaim: claimText('The name of a claim'),
  enabled: z.boolean(),
};

export const createRules = z.object({ issuer: urlRule, ...settings });

export const updateRules = z.object({
  ...settings,
  requiredClaims: settings.requiredClaims.optional(),
  userClaim: settings.userClaim.optional(),
  enabled: settings.enabled.optional(),
});
