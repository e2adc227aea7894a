import { z } from 'zod';
import type { EgressPolicy } from '../../contract/egress-policy.ts';

/** How the gateway proves who it is at a token endpoint (RFC 7591 section 2, `token_endpoint_auth_method`). */
export const TokenEndpointAuthMethodSchema = z.enum(['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'PRIVATE_KEY_JWT', 'NONE']);
export type TokenEndpointAuthMethod = z.infer<typeof TokenEndpointAuthMethodSchema>;

/** A parameter that is added to each authorization request. */
export interface AuthorizeParameter {
  readonly name: string;
  readonly value: string;
}

/** What is stored of a server's OAuth settings, the secret excepted. Null: discovered, or left to the authorization server. */
export interface OauthSettings {
  readonly clientId: string | null;
  readonly scopes: readonly string[] | null;
  readonly authorizeParameters: readonly AuthorizeParameter[];
  readonly issuer: string | null;
  readonly authorizationEndpoint: string | null;
  readonly tokenEndpoint: string | null;
  readonly registrationEndpoint: string | null;
  readonly revocationEndpoint: string | null;
  readonly tokenEndpointAuthMethod: TokenEndpointAuthMethod | null;
  readonly resource: string | null;
  readonly audience: string | null;
}

export const NO_OAUTH_SETTINGS: OauthSettings = {
  clientId: null,
  scopes: null,
  authorizeParameters: [],
  issuer: null,
  authorizationEndpoint: null,
  tokenEndpoint: null,
  registrationEndpoint: null,
  revocationEndpoint: null,
  tokenEndpointAuthMethod: null,
  resource: null,
  audience: null,
};

/** Characters of a client id. */
export const MAX_CLIENT_ID_LENGTH = 2_048;
/** Characters of a client secret. */
export const MAX_CLIENT_SECRET_LENGTH = 4_096;
/** Scopes of a server, and characters of each. */
export const MAX_SCOPES = 100;
export const MAX_SCOPE_LENGTH = 256;
/** Extra parameters of an authorization request, and characters of a name and a value. */
export const MAX_AUTHORIZE_PARAMETERS = 20;
export const MAX_PARAMETER_NAME_LENGTH = 64;
export const MAX_PARAMETER_VALUE_LENGTH = 1_024;

/** RFC 6749 section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
/** RFC 6749 appendix A.1 and A.2. */
const VISIBLE = /^[\x20-\x7e]+$/;
/** Decided by each authorization request itself; another value would break what it is protected by. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set([
  'response_type', 'response_mode', 'client_id', 'redirect_uri', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'scope',
  'resource', 'request', 'request_uri', 'client_secret', 'client_assertion', 'client_assertion_type',
]); // prettier-ignore

/** A secret that is written down: visible characters, or the lines of a key in PEM. */
export const clientSecretRule = z
  .string()
  .min(1, 'A secret is not empty. Use null to clear it.')
  .max(MAX_CLIENT_SECRET_LENGTH, `A secret has at most ${MAX_CLIENT_SECRET_LENGTH} characters.`)
  .regex(/^[\x20-\x7e]+$/, 'A secret has visible ASCII characters only.');

export const clientIdRule = z
  .string()
  .min(1, 'A client id is not empty.')
  .max(MAX_CLIENT_ID_LENGTH, `A client id has at most ${MAX_CLIENT_ID_LENGTH} characters.`)
  .regex(VISIBLE, 'A client id has visible ASCII characters only.');

export const scopesRule = z
  .array(
    z
      .string()
      .max(MAX_SCOPE_LENGTH, `A scope has at most ${MAX_SCOPE_LENGTH} characters.`)
      .regex(SCOPE, 'A scope has visible ASCII characters without blanks, " and \\.'),
  )
  .max(MAX_SCOPES, `At most ${MAX_SCOPES} scopes can be set.`);

const textRule = z.string().min(1, 'This is empty. Use null to clear it.').max(2_048, 'This has at most 2,048 characters.');

const parameterRule = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_.~-]+$/, 'A parameter name has letters, digits and _ . ~ - only.')
    .max(MAX_PARAMETER_NAME_LENGTH, `A parameter name has at most ${MAX_PARAMETER_NAME_LENGTH} characters.`)
    .refine((name) => !OWN_PARAMETERS.has(name), 'The gateway decides this parameter itself.'),
  value: z
    .string()
    .max(MAX_PARAMETER_VALUE_LENGTH, `A parameter value has at most ${MAX_PARAMETER_VALUE_LENGTH} characters.`)
    .refine((value) => !/\p{Cc}/u.test(value), 'A parameter value has no control characters.'),
});

/** The rules of the input. What is absent stays, null clears. */
export function makeOauthRule(policy: EgressPolicy) {
  const endpointRule = z.string().superRefine((text, context) => {
    const fault = findEndpointFault(policy, text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });
  return z
    .object({
      clientId: clientIdRule.nullable(),
      clientSecret: clientSecretRule.nullable(),
      scopes: scopesRule.nullable(),
      authorizeParameters: z
        .array(parameterRule)
        .max(MAX_AUTHORIZE_PARAMETERS, `At most ${MAX_AUTHORIZE_PARAMETERS} parameters can be set.`)
        .nullable(),
      issuer: endpointRule.nullable(),
      authorizationEndpoint: endpointRule.nullable(),
      tokenEndpoint: endpointRule.nullable(),
      registrationEndpoint: endpointRule.nullable(),
      revocationEndpoint: endpointRule.nullable(),
      tokenEndpointAuthMethod: TokenEndpointAuthMethodSchema.nullable(),
      resource: textRule.nullable(),
      audience: textRule.nullable(),
    })
    .partial();
}

export type OauthInput = z.infer<ReturnType<typeof makeOauthRule>>;

/** Tokens and secrets go there, so nobody may listen in between (RFC 6749 section 3.2); on the machine itself nobody is. */
function findEndpointFault(policy: EgressPolicy, text: string): string | undefined {
  const checked = policy.checkUrl(text);
  if (!checked.ok)
    return 'This is not a URL that the gateway may connect to: https://, public or allowed by the operator, without credentials.';
  const { protocol, hostname, hash } = checked.value;
  const isLoopback = hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]';
  if (protocol !== 'https:' && !isLoopback) return 'This must start with https://.';
  return hash === '' ? undefined : 'This has a fragment (#…), which is never sent.';
}
