import type { EntityManager } from '@mikro-orm/postgresql';
import type { KeyRing } from '../../contract/key-ring.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import type { Outbox } from '../database/outbox.ts';
import type { Fetch } from '../egress/index.ts';
import type { WebSessions } from '../identity/index.ts';
import { routePages, type PageHandler } from '../pages/index.ts';
import { AllowedClientsRoutes } from './allowed-clients/allowed-clients-routes.ts';
import { ConsentService } from './consents/consent-service.ts';
import { CurrentProvider } from './current-provider.ts';
import { InteractionRoutes } from './interaction/interaction-routes.ts';
import type { UpstreamStep } from './interaction/upstream-step.ts';
import { SigningKeys } from './keys/signing-keys.ts';
import { makeProvider } from './provider/make-provider.ts';
import { makeProviderHandler } from './provider/provider-handler.ts';
import { makeRecordStore } from './provider/record-store.ts';
import { TokenBasis } from './provider/token-basis.ts';
import { noRegistrations, type RegistrationCounts } from './registration-counts.ts';
import { RequestLimit } from './request-limit.ts';
import { ServerDirectory } from './server-directory.ts';
import { shapeClientDocuments } from './shim/client-document.ts';
import { OauthUpkeep } from './upkeep.ts';

/** What the authorization server works with. */
export interface OauthParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly keyRing: KeyRing;
  readonly controlPlaneUrl: string;
  readonly gatewayUrl: string;
  readonly hasClientDocuments: boolean;
  readonly fetch: Fetch;
  readonly sessions: Pick<WebSessions, 'find'>;
  readonly upstream: UpstreamStep;
  readonly untilEnforced: () => Promise<void>;
  readonly logger: Logger;
}

/** The authorization server, open. */
export interface Oauth {
  /** Its endpoints and pages. */
  readonly handlers: readonly PageHandler[];
  readonly consents: ConsentService;
  readonly registrations: RegistrationCounts;
  stop(): Promise<void>;
}

/** In ten minutes. One address may stand for a whole office. */
const ALLOWANCES = { register: { perAddress: 100, total: 500 }, fetch_client: { perAddress: 100, total: 500 } };

/** Opens the authorization server. Its name and its keys reach the gateways with the next revision. */
export async function openOauth(parts: OauthParts): Promise<Oauth> {
  const { em, clock, outbox, keyRing: ring, controlPlaneUrl: issuer, logger, upstream } = parts;
  const servers = new ServerDirectory(em, parts.gatewayUrl);
  const isUpstreamReady = async (server: Parameters<UpstreamStep['findNeed']>[0], userId: string) =>
    (await upstream.findNeed(server, userId)).kind === 'none';
  const basis = new TokenBasis({ em, clock, servers, isUpstreamReady });
  const limit = new RequestLimit(em, clock, ALLOWANCES);
  const current = new CurrentProvider(new SigningKeys({ em, outbox, ring, clock, issuer }), (keys) =>
    makeProvider({
      issuer,
      adapter: makeRecordStore({ em, ring, clock, logger }),
      keys,
      cookieKeys: ring.ids().map((id) => ring.findKey(id, 'cookie')!.toString('base64url')),
      servers,
      basis,
      clock,
      hasClientDocuments: parts.hasClientDocuments,
      fetch: shapeClientDocuments(parts.fetch),
      allowFetch: async (address) => (await limit.take('fetch_client', address)) === undefined,
    }),
  );
  await current.refresh();
  const upkeep = new OauthUpkeep({ em, clock, current, logger });
  upkeep.start();
  const registrations = noRegistrations();
  const consents = new ConsentService({ em, clock, outbox });
  const pages = [
    ...new InteractionRoutes({ ...parts, provider: current.get, servers, consents, basis }).list(),
    ...new AllowedClientsRoutes({ em, sessions: parts.sessions, consents }).list(),
  ];
  return {
    handlers: [makeProviderHandler({ issuer, provider: current.get, servers, limit, registrations }), routePages(pages)],
    consents,
    registrations,
    stop: () => upkeep.stop(),
  };
}
