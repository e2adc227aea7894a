// What real clients send to register, brought into the form that the authorization server insists on. Pure.
import { CALL_TOKEN_SCOPE } from '../../../contract/access-token.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import { isCustomScheme, isLoopback } from './redirect-target.ts';

/** Why a registration is refused (RFC 7591 section 3.2.2). */
export interface RegistrationError {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata';
  readonly error_description: string;
}

type Metadata = Readonly<Record<string, unknown>>;

/** What is taken of a registration. The rest would have a client judged by rules that nothing here has. */
const KNOWN_FIELDS = [
  'redirect_uris',
  'client_name',
  'client_uri',
  'logo_uri',
  'contacts',
  'tos_uri',
  'policy_uri',
  'token_endpoint_auth_method',
  'jwks',
  'jwks_uri',
  'software_id',
  'software_version',
] as const;
/** Machine clients have API keys; a device flow there is none. */
const GRANT_TYPES = ['authorization_code', 'refresh_token'];
const AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const MAX_REDIRECTS = 20;
const MAX_REDIRECT_LENGTH = 2_000;
const MAX_NAME_LENGTH = 200;

/** Shapes the metadata of a client that registers, or of one that publishes them as a document. */
export function shapeRegistration(metadata: Metadata): Result<Metadata, RegistrationError> {
  const redirects = metadata['redirect_uris'];
  const fault = findRedirectFault(redirects);
  if (fault !== undefined) return err({ error: 'invalid_redirect_uri', error_description: fault });
  const known = Object.fromEntries(KNOWN_FIELDS.flatMap((field) => (metadata[field] == null ? [] : [[field, metadata[field]]])));
  const name = metadata['client_name'];
  if (name != null && (typeof name !== 'string' || name.length > MAX_NAME_LENGTH || /[\p{Cc}\p{Cf}]/u.test(name))) {
    const error_description = `client_name must be text of at most ${MAX_NAME_LENGTH} characters without control characters`;
    return err({ error: 'invalid_client_metadata', error_description });
  }
  const method = metadata['token_endpoint_auth_method'];
  if (method != null && !AUTH_METHODS.some((known) => known === method)) {
    return err({
      error: 'invalid_client_metadata',
      error_description: `token_endpoint_auth_method must be one of ${AUTH_METHODS.join(', ')}`,
    });
  }
  return ok({
    ...known,
    application_type: inferApplicationType(redirects as readonly string[]),
    grant_types: GRANT_TYPES,
    response_types: ['code'],
    scope: CALL_TOKEN_SCOPE,
  });
}

/**
 * Clients say `web`, or nothing, and then wait on a loopback port that the system chose (RFC 8252 section 7.3) or behind a scheme of their
 * own; only native clients may.
 */
function inferApplicationType(redirects: readonly string[]): 'native' | 'web' {
  const isNative = redirects.some((redirect) => isLoopback(new URL(redirect)) || isCustomScheme(new URL(redirect)));
  return isNative ? 'native' : 'web';
}

function findRedirectFault(redirects: unknown): string | undefined {
  if (!Array.isArray(redirects) || redirects.length === 0) return 'redirect_uris must contain members';
  if (redirects.length > MAX_REDIRECTS) return `redirect_uris must have at most ${MAX_REDIRECTS} members`;
  for (const redirect of redirects) {
    if (typeof redirect !== 'string' || redirect.length > MAX_REDIRECT_LENGTH || !URL.canParse(redirect) || redirect.includes('\0'))
      return 'redirect_uris must only contain valid URIs';
    const url = new URL(redirect);
    if (url.protocol === 'http:' && !isLoopback(url))
      return 'a redirect URI must use https, a scheme of its own, or http on a loopback address';
    if (url.username !== '' || url.password !== '') return 'a redirect URI must not contain credentials';
  }
  return undefined;
}
