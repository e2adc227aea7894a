import { createHash, randomBytes } from 'node:crypto';
import type { Browser, BrowserPage } from './browser.ts';

/** What the token endpoint answers. */
export interface TokenAnswer {
  readonly status: number;
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly scope?: string;
  readonly error?: string;
  readonly error_description?: string;
}

export interface AuthorizationRequest {
  readonly resource?: string;
  readonly scope?: string;
  readonly prompt?: string;
  readonly redirectUri?: string;
  readonly state?: string;
}

/** Where a client of a test waits; nobody listens there. */
export const REDIRECT_URI = 'http://127.0.0.1:7/callback';

/** A client that does what the steps of the protocol say, one by one, so that a test can do each of them wrongly. */
export class OauthClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly verifier = randomBytes(32).toString('base64url');

  constructor(issuer: string, clientId: string) {
    this.issuer = issuer;
    this.clientId = clientId;
  }

  static async register(issuer: string, metadata: object = {}): Promise<OauthClient> {
    const answer = await register(issuer, { client_name: 'Test client', redirect_uris: [REDIRECT_URI], ...metadata });
    if (answer.status !== 201) throw new Error(`registration failed: ${JSON.stringify(answer)}`);
    return new OauthClient(issuer, answer.body['client_id'] as string);
  }

  authorizeUrl({ resource, scope, prompt, redirectUri, state }: AuthorizationRequest): string {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: redirectUri ?? REDIRECT_URI,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: state ?? 'state-1',
    });
    for (const [name, value] of Object.entries({ resource, scope, prompt })) if (value !== undefined) query.set(name, value);
    return `${this.issuer}/authorize?${query.toString()}`;
  }

  /** Opens the request in a browser: ends on a page of ours, or at the client's own address. */
  open(browser: Browser, request: AuthorizationRequest): Promise<BrowserPage> {
    return browser.open(this.authorizeUrl(request), isCallback);
  }

  /** The whole walk of a person who is signed in with this browser and allows it. */
  async connect(browser: Browser, resource: string): Promise<TokenAnswer> {
    let page = await this.open(browser, { resource });
    if (!isCallback(page.url)) page = await browser.press(page, 'Allow', {}, { stopAt: isCallback });
    return this.redeem(toCode(page), { resource });
  }

  redeem(code: string, form: Readonly<Record<string, string>> = {}): Promise<TokenAnswer> {
    return this.token({
      grant_type: 'authorization_code',
      code,
      code_verifier: this.verifier,
      redirect_uri: REDIRECT_URI,
      client_id: this.clientId,
      ...form,
    });
  }

  refresh(refreshToken: string, form: Readonly<Record<string, string>> = {}): Promise<TokenAnswer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: this.clientId, ...form });
  }

  async token(form: Readonly<Record<string, string>>): Promise<TokenAnswer> {
    const answer = await fetch(`${this.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, ...((await answer.json()) as object) };
  }
}

export async function register(
  issuer: string,
  metadata: object,
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const answer = await fetch(`${issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(metadata),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, headers: answer.headers };
}

/** Whether the browser has come back to the client. */
export function isCallback(url: URL): boolean {
  return url.port === '7' || !url.protocol.startsWith('http');
}

/** The code that the browser brought back. */
export function toCode(page: BrowserPage): string {
  const code = page.url.searchParams.get('code');
  if (code === null) throw new Error(`no code at ${page.url.href} (${page.status}):\n${page.text}`);
  return code;
}
