import type { Browser, BrowserPage, StopAt } from '../../support/browser.ts';
import { isCallback } from '../../support/oauth-client.ts';
import { parsePage } from '../../support/page-parser.ts';
import { openSignedInBrowser, TEST_PASSWORD } from '../../support/web-sign-in.ts';
import type { Person, Roles, World } from '../../support/world.ts';

/** A page on which a person had to do something. */
export type Step = 'sign-in' | 'consent' | 'upstream';

/** Pages that a person clicks through at most for one request of a client. */
const MAX_PAGES = 10;

/** A person with a browser, who signs in and allows whatever is asked, at the gateway and at the upstream. */
export class BrowsingPerson {
  readonly id: string;
  /** Whose account at upstreams this person has. */
  readonly account: string;
  readonly #email: string;
  readonly #issuer: string;
  readonly #browser: Browser;
  #steps: Step[] = [];
  #refusals: string[] = [];

  private constructor(person: Person, issuer: string, browser: Browser) {
    this.id = person.id;
    this.account = `account-of-${person.id}`;
    this.#email = person.email;
    this.#issuer = issuer;
    this.#browser = browser;
  }

  /** Somebody who has a password and is not signed in. */
  static async create(world: World, roles: Roles = {}): Promise<BrowsingPerson> {
    const { issuer } = world.gateway;
    const person = await world.addPerson(world.workspace, roles);
    const browser = await openSignedInBrowser(world.api, issuer, person.id);
    browser.clearCookies();
    return new BrowsingPerson(person, issuer, browser);
  }

  /** What had to be done since this was last asked, in order. */
  takeSteps(): readonly Step[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  /** Opens what a client wants opened and does what the pages ask for. Ends at the client's own address. */
  async authorize(url: string, isBack: StopAt = isCallback): Promise<URL> {
    let page = await this.#browser.open(url, isCallback);
    for (let count = 0; count < MAX_PAGES && !isBack(page.url); count += 1) page = await this.#do(page);
    if (!isBack(page.url)) throw new Error(`the person never comes back to the client: ${page.url.href}`);
    return page.url;
  }

  /** Takes back what was allowed to a client, on the person's own page. */
  async revoke(clientName: string): Promise<void> {
    const page = await this.#browser.open(`${this.#issuer}/account/clients`);
    await this.#browser.press(page, 'Revoke', {}, { near: clientName });
  }

  async signOut(): Promise<void> {
    await this.#browser.press(await this.#browser.open(`${this.#issuer}/account`), 'Sign out');
  }

  /** The headings of pages that let the person go no further, since this was last asked. */
  takeRefusals(): readonly string[] {
    const refusals = this.#refusals;
    this.#refusals = [];
    return refusals;
  }

  #do(page: BrowserPage): Promise<BrowserPage> {
    const { origin, pathname } = page.url;
    if (page.status >= 400) {
      const { heading } = parsePage(page.text);
      this.#refusals.push(heading);
      throw new Error(`the person is told: ${heading}`);
    }
    if (origin !== this.#issuer) {
      this.#steps.push('upstream');
      return this.#browser.press(page, 'Allow', { account: this.account }, { stopAt: isCallback });
    }
    if (pathname === '/sign-in') {
      this.#steps.push('sign-in');
      return this.#browser.press(page, 'Sign in', { 'E-mail address': this.#email, Password: TEST_PASSWORD }, { stopAt: isCallback });
    }
    this.#steps.push('consent');
    return this.#browser.press(page, 'Allow', {}, { stopAt: isCallback });
  }
}
