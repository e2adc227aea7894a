// What real clients ask at the authorization and the token endpoint, brought into the form that the authorization server insists on. Pure.
import { CALL_TOKEN_SCOPE } from '../../../contract/access-token.ts';

/** Turns a server URL into the one form that tokens name; what is no such URL stays as it is. */
export type Canonicalize = (resource: string) => Promise<string>;

/** Parameters of OpenID Connect, which mean nothing without an ID token. They would have the request refused. */
const MEANINGLESS = ['nonce', 'max_age', 'id_token_hint', 'claims', 'claims_locales', 'acr_values', 'ui_locales', 'display'];

/** There is one scope, so a client that asks for none or for others means it. */
export async function shapeAuthorizationQuery(query: URLSearchParams, canonicalize: Canonicalize): Promise<URLSearchParams> {
  const shaped = await canonicalizeResources(query, canonicalize);
  for (const name of MEANINGLESS) shaped.delete(name);
  shaped.set('scope', CALL_TOKEN_SCOPE);
  return shaped;
}

/** A refresh may not ask for more than was granted, and clients repeat here what they asked for in the beginning. */
export async function shapeTokenForm(form: URLSearchParams, canonicalize: Canonicalize): Promise<URLSearchParams> {
  const shaped = await canonicalizeResources(form, canonicalize);
  shaped.delete('scope');
  return shaped;
}

async function canonicalizeResources(parameters: URLSearchParams, canonicalize: Canonicalize): Promise<URLSearchParams> {
  const shaped = new URLSearchParams(parameters);
  shaped.delete('resource');
  for (const resource of parameters.getAll('resource')) {
    if (resource !== '') shaped.append('resource', await canonicalize(resource));
  }
  return shaped;
}
