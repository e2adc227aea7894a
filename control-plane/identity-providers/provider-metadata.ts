// Trust boundary: documents that an identity provider serves. They are fetched under the egress policy, and metadata counts only where it
// names the issuer that it was asked of (OpenID Connect Discovery 1.0, section 4.3).
import { z } from 'zod';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { Fetch } from '../egress/index.ts';

const urlSchema = z.url({ protocol: /^https?$/ });
const MetadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: urlSchema,
  token_endpoint: urlSchema,
  jwks_uri: urlSchema,
  userinfo_endpoint: urlSchema.optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

/** What an identity provider says of itself. */
export type ProviderMetadata = Readonly<z.infer<typeof MetadataSchema>>;

/** The metadata of an issuer, or why it cannot be used, in words that quote nothing of the answer. */
export async function readProviderMetadata(fetch: Fetch, issuer: string): Promise<Result<ProviderMetadata, string>> {
  const document = await readJson(fetch, `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (!document.ok) return err(`The OpenID Connect metadata ${document.error}`);
  const parsed = MetadataSchema.safeParse(document.value);
  if (!parsed.success)
    return err('The OpenID Connect metadata lacks an endpoint: it needs one to authorize, one for tokens, and its keys.');
  if (parsed.data.issuer !== issuer) return err('The OpenID Connect metadata names another issuer. Use exactly the one it names.');
  return ok(parsed.data);
}

/** What is asked of a provider beside a plain GET. */
export interface ProviderRequest {
  readonly method?: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** JSON of a provider, or why there is none. */
export async function readJson(fetch: Fetch, url: string, init: ProviderRequest = { headers: {} }): Promise<Result<unknown, string>> {
  try {
    const response = await fetch(url, { ...init, headers: { accept: 'application/json', ...init.headers } });
    if (!response.ok) return err(`cannot be read: the answer has the status ${response.status}.`);
    return ok(await response.json());
  } catch {
    // Of an address that a user chose, no more is said than that.
    return err('cannot be read: the address is not allowed, cannot be reached, or does not answer with JSON.');
  }
}
