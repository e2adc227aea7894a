import { z } from 'zod';
import { nameRule } from '../api/check-input.ts';

/** The most providers of one organization: each is a button on the sign-in page. */
export const MAX_IDENTITY_PROVIDERS = 20;

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Over anything else, whoever is in between could sign in as anybody. Loopback has nobody in between. */
const issuerRule = z
  .string()
  .max(2_048, 'A URL has at most 2048 characters.')
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, hash, search } = new URL(text);
    const isPlain = username === '' && hash === '' && search === '';
    return isPlain && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname)));
  }, 'An issuer is an https URL without query and fragment.');

const text = (what: string) => z.string().min(1, `${what} has 1 to 256 characters.`).max(256, `${what} has 1 to 256 characters.`);

const settings = {
  name: nameRule,
  clientId: text('A client id'),
  clientSecret: z
    .string()
    .min(1, 'A client secret has 1 to 1024 characters.')
    .max(1_024, 'A client secret has 1 to 1024 characters.')
    .nullish(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'A scope has 1 to 128 printable characters without spaces.'))
    .max(20, 'At most 20 scopes can be asked for.')
    .refine((scopes) => scopes.includes('openid'), 'The scope openid must be among the scopes.'),
  emailClaim: text('The name of a claim'),
  nameClaim: text('The name of a claim'),
  groupsClaim: text('The name of a claim').nullish(),
  emailDomain: z
    .string()
    .max(253, 'A domain has at most 253 characters.')
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'A domain is written in lowercase, without @.')
    .nullish(),
  requiredGroup: text('A group').nullish(),
  createsUsers: z.boolean(),
  defaultRole: z.enum(['ADMIN', 'MEMBER', 'AUDITOR']),
  enabled: z.boolean(),
};

export const createRules = z.object({ issuer: issuerRule, ...settings }).refine(hasGroups, groupsFault());

export const updateRules = z.object({
  ...settings,
  ...Object.fromEntries(
    (['name', 'clientId', 'scopes', 'emailClaim', 'nameClaim', 'createsUsers', 'defaultRole', 'enabled'] as const).map((field) => [
      field,
      settings[field].optional(),
    ]),
  ),
}) as z.ZodType<Partial<z.infer<z.ZodObject<typeof settings>>>>;

/** What a provider comes to after a change must let somebody in. */
export const storedRules = z
  .object({ groupsClaim: settings.groupsClaim, requiredGroup: settings.requiredGroup })
  .refine(hasGroups, groupsFault());

function hasGroups({
  groupsClaim,
  requiredGroup,
}: {
  groupsClaim?: string | null | undefined;
  requiredGroup?: string | null | undefined;
}): boolean {
  return requiredGroup == null || groupsClaim != null;
}

function groupsFault() {
  return { path: ['requiredGroup'], message: 'A required group needs groupsClaim: the claim that lists the groups.' };
}
