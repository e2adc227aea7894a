// Trust boundary: the way to an identity provider and back. What was sent along is kept, sealed, in a cookie of the browser that left, so
// that an answer counts only in that browser, once begun there and within ten minutes (login CSRF, mix-up).
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { KeyRing } from '../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../contract/sealed-secret.ts';
import type { Logger } from '../../foundation/logger.ts';
import { err, type Result } from '../../foundation/result.ts';
import type { Fetch } from '../egress/index.ts';
import { clearCookie, findCookie, recordFailedSignIn, setCookie, type WebSessions } from '../identity/index.ts';
import { html, isLocalPath, sendPage, sendRedirect, type PageRequest, type PageRoute } from '../pages/index.ts';
import { identityProviderSecretOwner, type SecretSealer } from '../secrets/index.ts';
import { admitPerson, type AdmissionParts } from './admit-person.ts';
import { IdentityProviderEntity, type IdentityProvider } from './identity-provider.entity.ts';
import { toProvidedPerson } from './person-claims.ts';
import { exchangeCode } from './provider-exchange.ts';
import { readProviderMetadata } from './provider-metadata.ts';

/** What signing in by a provider works with. */
export interface ProviderRoutesParts extends AdmissionParts {
  readonly keyRing: KeyRing;
  readonly sealer: SecretSealer;
  readonly fetch: Fetch;
  readonly sessions: WebSessions;
  readonly controlPlaneUrl: string;
  readonly logger: Logger;
}

/** The path that providers send people back to. */
const CALLBACK_PATH = '/sign-in/callback';

/** Where providers send people back to; it is registered at each of them. */
export function toRedirectUri(controlPlaneUrl: string): string {
  return `${controlPlaneUrl}${CALLBACK_PATH}`;
}

const COOKIE = 'sluice_provider_sign_in';
const COOKIE_OWNER = 'identity-providers:sign-in';
const LIFETIME_SECONDS = 600;

const AttemptSchema = z.object({
  providerId: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  endsAtMs: z.number(),
});
type Attempt = z.infer<typeof AttemptSchema>;

/** The pages that lead to a provider and back. */
export class ProviderRoutes {
  readonly #parts: ProviderRoutesParts;

  constructor(parts: ProviderRoutesParts) {
    this.#parts = parts;
  }

  list(): PageRoute[] {
    return [
      { method: 'GET', path: '/sign-in/provider/:id', handle: (request, res) => this.#leave(request, res) },
      { method: 'GET', path: CALLBACK_PATH, handle: (request, res) => this.#return(request, res) },
    ];
  }

  async #leave({ params, url }: PageRequest, res: ServerResponse): Promise<void> {
    const { clock, fetch, keyRing, sessions } = this.#parts;
    const provider = await this.#findProvider(params['id'] ?? '');
    if (provider === null) return refuse(res, 404, 'There is no such identity provider, or it is turned off.');
    const metadata = await readProviderMetadata(fetch, provider.issuer);
    if (!metadata.ok) return refuse(res, 502, metadata.error);
    const wanted = url.searchParams.get('return_to') ?? '';
    const [state, nonce, verifier] = [newToken(), newToken(), newToken()];
    const endsAtMs = clock.nowMs() + LIFETIME_SECONDS * 1_000;
    const attempt: Attempt = {
      providerId: provider.id,
      state,
      nonce,
      verifier,
      returnTo: isLocalPath(wanted) ? wanted : '/account',
      endsAtMs,
    };
    setCookie(res, sessions.cookies, COOKIE, sealSecret(keyRing, COOKIE_OWNER, JSON.stringify(attempt)), LIFETIME_SECONDS);
    const target = new URL(metadata.value.authorization_endpoint);
    const query = {
      response_type: 'code',
      client_id: provider.clientId,
      redirect_uri: this.#redirectUri,
      scope: provider.scopes.join(' '),
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
    sendRedirect(res, target.href);
  }

  async #return({ req, url }: PageRequest, res: ServerResponse): Promise<void> {
    const { sessions, logger } = this.#parts;
    const attempt = this.#openAttempt(findCookie(req, sessions.cookies, COOKIE), url.searchParams.get('state') ?? '');
    clearCookie(res, sessions.cookies, COOKIE);
    if (attempt === undefined) return refuse(res, 400, 'This sign-in was not begun in this browser, or too long ago.');
    const admitted = await this.#admit(attempt, url.searchParams);
    if (!admitted.ok) {
      await this.#recordFailure(attempt.providerId, admitted.error);
      logger.info({ event: 'sign_in_refused', by: attempt.providerId, reason: admitted.error }, 'a sign-in was refused');
      return refuse(res, 403, admitted.error);
    }
    logger.info({ event: 'signed_in', by: attempt.providerId, userId: admitted.value }, 'a person signed in');
    await sessions.start(req, res, admitted.value, 'provider');
    sendRedirect(res, attempt.returnTo);
  }

  async #recordFailure(id: string, reason: string): Promise<void> {
    const provider = await this.#findProvider(id);
    const place = { kind: 'IdentityProvider', id, organizationId: provider?.organizationId ?? null };
    await recordFailedSignIn(this.#parts.em, place, { by: 'provider', reason });
  }

  /** Who came back. The issuer is compared before the code goes anywhere (RFC 9207 section 2.4). */
  async #admit(attempt: Attempt, answer: URLSearchParams): Promise<Result<string, string>> {
    const { fetch, sealer, clock } = this.#parts;
    const provider = await this.#findProvider(attempt.providerId);
    if (provider === null) return err('The identity provider was turned off.');
    const metadata = await readProviderMetadata(fetch, provider.issuer);
    if (!metadata.ok) return metadata;
    const issuer = answer.get('iss');
    const isNamed = issuer !== null || metadata.value.authorization_response_iss_parameter_supported === true;
    if (isNamed && issuer !== provider.issuer) return err('The answer comes from another identity provider.');
    const code = answer.get('code');
    if (code === null) return err('The identity provider did not let you sign in.');
    const { sealedClientSecret: sealed, clientId } = provider;
    const clientSecret = sealed == null ? undefined : sealer.open(identityProviderSecretOwner(provider.id), sealed);
    const exchange = { metadata: metadata.value, clientId, clientSecret, redirectUri: this.#redirectUri, code };
    const claims = await exchangeCode(fetch, { ...exchange, verifier: attempt.verifier, nonce: attempt.nonce }, clock.nowMs());
    if (!claims.ok) return claims;
    const person = toProvidedPerson(provider, claims.value);
    return person.ok ? admitPerson(this.#parts, provider, person.value) : person;
  }

  #openAttempt(cookie: string | undefined, state: string): Attempt | undefined {
    const opened = openSecret(this.#parts.keyRing, COOKIE_OWNER, cookie ?? '');
    const attempt = opened.ok ? AttemptSchema.parse(JSON.parse(opened.value)) : undefined;
    const isOwn = attempt !== undefined && attempt.endsAtMs > this.#parts.clock.nowMs() && isEqual(attempt.state, state);
    return isOwn ? attempt : undefined;
  }

  #findProvider(id: string): Promise<IdentityProvider | null> {
    return this.#parts.em.fork().findOne(IdentityProviderEntity, { id, enabled: true });
  }

  get #redirectUri(): string {
    return toRedirectUri(this.#parts.controlPlaneUrl);
  }
}

function refuse(res: ServerResponse, status: number, reason: string): void {
  sendPage(res, { title: 'You are not signed in', status, body: html`<p>${reason}</p><p><a href="/sign-in">Sign in another way</a></p>` });
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
