import type { EntityManager } from '@mikro-orm/postgresql';
import type { KeyRing } from '../../contract/key-ring.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import { routePages, type PageHandler } from '../pages/index.ts';
import { AccountRoutes } from './account/account-routes.ts';
import type { AccountLink } from './account/account-page.ts';
import { PasswordChecks } from './passwords/password-checks.ts';
import { WebSessions } from './sessions/web-sessions.ts';
import { LinkRoutes } from './sign-in/link-routes.ts';
import { PasswordSignIn } from './sign-in/password-sign-in.ts';
import { SignInAttempts } from './sign-in/sign-in-attempts.ts';
import { SignInLinks } from './sign-in/sign-in-links.ts';
import type { ProviderOffer } from './sign-in/sign-in-page.ts';
import { SignInRoutes } from './sign-in/sign-in-routes.ts';

/** What signing in works with. */
export interface SignInParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly keyRing: KeyRing;
  readonly controlPlaneUrl: string;
  readonly logger: Logger;
  /** Where people are led who signed in without having asked for anything else: a path on this origin. */
  readonly home: string;
  /** Pages of other features about the person who is signed in. */
  readonly accountLinks: readonly AccountLink[];
  /** Providers by which people of an organization sign in, by its slug. */
  readonly listOffers: (organization: string | undefined) => Promise<readonly ProviderOffer[]>;
}

/** How people get in by a browser. */
export interface SignIn {
  readonly sessions: WebSessions;
  readonly links: SignInLinks;
  /** The pages. */
  readonly handler: PageHandler;
}

export function openSignIn(parts: SignInParts): SignIn {
  const { em, clock, logger } = parts;
  const sessions = new WebSessions(parts);
  const checks = new PasswordChecks();
  const passwords = new PasswordSignIn({ em, clock, attempts: new SignInAttempts(em, clock), checks, logger });
  const links = new SignInLinks({ ...parts, checks });
  const routes = [
    ...new SignInRoutes({
      home: parts.home,
      sessions,
      passwords,
      listOffers: parts.listOffers,
      isMember: (organizationId, slug) => hasSlug(em, organizationId, slug),
    }).list(),
    ...new LinkRoutes({ home: parts.home, sessions, links }).list(),
    ...new AccountRoutes({ em, sessions, passwords, links: parts.accountLinks }).list(),
  ];
  return { sessions, links, handler: routePages(routes) };
}

async function hasSlug(em: EntityManager, organizationId: string, slug: string): Promise<boolean> {
  const rows = await em.fork().execute<unknown[]>('SELECT id FROM organizations WHERE id = ? AND slug = ?', [organizationId, slug]);
  return rows.length > 0;
}
