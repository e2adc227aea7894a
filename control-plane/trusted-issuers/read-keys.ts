// Trust boundary: documents that an identity provider serves. They are fetched under the egress policy, bounded in size and time, and
// of a key only its public parameters are kept, whatever else the document says.
import { z } from 'zod';
import type { PublicKey } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { Fetch } from '../egress/index.ts';

/** Where keys are. */
export interface KeySource {
  readonly issuer: string;
  readonly jwksUrl?: string | null | undefined;
}

/** The most keys that are taken from one issuer. */
const MAX_KEYS = 50;

const MetadataSchema = z.object({ issuer: z.string(), jwks_uri: z.string() });
const KeySetSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });
/** Public parameters of keys that sign (RFC 7518 section 6, RFC 8037). A shared secret (`oct`) is none. */
const KeySchema = z.object({
  kty: z.enum(['RSA', 'EC', 'OKP']),
  kid: z.string().min(1),
  alg: z.string().optional(),
  use: z.literal('sig').optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
});

/** The keys of an issuer, or why there are none, in words that quote nothing of the answer. */
export async function readKeys(fetch: Fetch, { issuer, jwksUrl }: KeySource): Promise<Result<readonly PublicKey[], string>> {
  const url = jwksUrl == null ? await discover(fetch, issuer) : ok(jwksUrl);
  if (!url.ok) return url;
  const document = await readJson(fetch, url.value, 'The key set (JWKS)');
  if (!document.ok) return document;
  const parsed = KeySetSchema.safeParse(document.value);
  if (!parsed.success) return err('The key set (JWKS) is not of the form that RFC 7517 describes.');
  const keys = parsed.data.keys.slice(0, MAX_KEYS).flatMap((key) => KeySchema.safeParse(key).data ?? []);
  return keys.length > 0 ? ok(keys) : err('The key set (JWKS) has no public key with a kid that signs.');
}

/** OpenID Connect Discovery 1.0, section 4.3: metadata that names another issuer is somebody else's. */
async function discover(fetch: Fetch, issuer: string): Promise<Result<string, string>> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await readJson(fetch, url, 'The OpenID Connect metadata');
  if (!document.ok) return document;
  const parsed = MetadataSchema.safeParse(document.value);
  if (!parsed.success) return err('The OpenID Connect metadata names no key set (jwks_uri). Give its URL.');
  if (parsed.data.issuer !== issuer) return err('The OpenID Connect metadata names another issuer. Use exactly the one it names.');
  return ok(parsed.data.jwks_uri);
}

async function readJson(fetch: Fetch, url: string, what: string): Promise<Result<unknown, string>> {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    if (!response.ok) return err(`${what} cannot be read: the answer has the status ${response.status}.`);
    return ok(await response.json());
  } catch {
    // Refused by the egress policy, unreachable, too slow, too large or not JSON: of an address that a user chose, no more is said.
    return err(`${what} cannot be read: the address is not allowed, cannot be reached, or does not answer with JSON.`);
  }
}
