import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import type { Negotiation } from './clients.ts';
import type { Browser, BrowserPage } from './browser.ts';
import { isCallback, REDIRECT_URI } from './oauth-client.ts';

/** What a client keeps between runs. */
export class ClientStore implements OAuthClientProvider {
  readonly redirectUrl: string;
  readonly clientMetadata: { readonly client_name: string; redirect_uris: string[] };
  registration: StoredOAuthClientInformation | undefined;
  stored: StoredOAuthTokens | undefined;
  /** Where the client last sent the person. */
  authorizationUrl: URL | undefined;
  #verifier = '';
  #discovered: OAuthDiscoveryState | undefined;

  /** @param redirectUrl where the browser comes back to. Default: where nobody listens. */
  constructor(redirectUrl: string = REDIRECT_URI) {
    this.redirectUrl = redirectUrl;
    this.clientMetadata = { client_name: 'URL client', redirect_uris: [redirectUrl] };
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.registration;
  }
  saveClientInformation(registration: StoredOAuthClientInformation): void {
    this.registration = registration;
  }
  tokens(): StoredOAuthTokens | undefined {
    return this.stored;
  }
  saveTokens(tokens: StoredOAuthTokens): void {
    this.stored = tokens;
  }
  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  codeVerifier(): string {
    return this.#verifier;
  }
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovered = state;
  }
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovered;
  }
  invalidateCredentials(scope: string): void {
    if (scope === 'all' || scope === 'client') this.registration = undefined;
    if (scope === 'all' || scope === 'tokens') this.stored = undefined;
  }
}

/** What a person does on the pages that come, until the browser is back at the client. */
export type Person = (page: BrowserPage, browser: Browser) => Promise<BrowserPage>;

/** Allows whatever is asked. */
export const allowing: Person = (page, browser) => browser.press(page, 'Allow', {}, { stopAt: isCallback });

interface Browsing {
  readonly browser: Browser;
  readonly person?: Person;
}

/** A client of the official SDK (second line) that is given a URL and nothing else, with a person at a browser who is signed in. */
export async function connectByUrl(
  url: string,
  store: ClientStore,
  options: { readonly negotiation?: Negotiation } & (Browsing | { readonly authorize: (url: string) => Promise<URL> }),
): Promise<Client> {
  const { negotiation = 'legacy' } = options;

  const mode = negotiation === 'modern' ? { pin: '2026-07-28' } : negotiation;
  const makeClient = () => new Client({ name: 'sluice-test', version: '1.0.0' }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: store });
  const client = makeClient();
  try {
    await client.connect(transport);
    return client;
  } catch (cause) {
    if (!(cause instanceof UnauthorizedError)) throw cause;
  }
  const authorizationUrl = store.authorizationUrl!.href;
  const back = 'authorize' in options ? await options.authorize(authorizationUrl) : await browse(authorizationUrl, options);
  await transport.finishAuth(back.searchParams);
  const connected = makeClient();
  await connected.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider: store }));
  return connected;
}

async function browse(url: string, { browser, person = allowing }: Browsing): Promise<URL> {
  let page = await browser.open(url, isCallback);
  for (let step = 0; !isCallback(page.url) && step < 10; step += 1) page = await person(page, browser);
  return page.url;
}
