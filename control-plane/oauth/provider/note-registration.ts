// Trust boundary: anybody may register, so anybody may leave audit events. Only so many of a day are kept that nobody can fill the table or
// hide what somebody else did; the others are counted.
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AdapterPayload } from 'oidc-provider';
import { noteAction, noteChange } from '../../database/change-notes.ts';
import { findChangeOrigin, type ChangeAuthor } from '../../database/change-origin.ts';

/** Nobody has to be signed in to register. */
const NOBODY: ChangeAuthor = { actorKind: 'ANONYMOUS', actorId: null, credentialKind: 'NONE', credentialId: null };

const ACTION = 'oauthClientRegister';
/** Once a day at most: that not all registrations of the day are among the events. */
const CUT_ACTION = 'oauthClientRegisterUnlisted';

const DAY_MS = 86_400_000;

/** Registrations of a day (UTC) that become events: of one address, and of all. */
const MAX_OF_ADDRESS = 50;
const MAX_OF_DAY = 1_000;

/** Notes who registers a client, in the transaction that stores it. It belongs to no organization: which server it is for is not known yet. */
export async function noteRegistration(em: EntityManager, id: string, payload: AdapterPayload, nowMs: number): Promise<void> {
  const since = new Date(nowMs - (nowMs % DAY_MS));
  const action = await findAction(em, since);
  if (action === undefined) return;
  noteAction(em, action, { author: NOBODY, organizationId: null });
  noteChange(em, { kind: 'OauthClient', id, after: toShown(payload) });
}

/** How the registration is noted; undefined where there were too many already. */
async function findAction(em: EntityManager, since: Date): Promise<string | undefined> {
  const [counts] = await em.execute<{ of_day: number; of_address: number; cuts: number }[]>(
    `SELECT count(*) FILTER (WHERE action = ?)::int AS of_day, count(*) FILTER (WHERE action = ? AND address = ?)::int AS of_address,
            count(*) FILTER (WHERE action = ?)::int AS cuts
     FROM audit_events WHERE organization_id IS NULL AND action IN (?, ?) AND created_at >= ?`,
    [ACTION, ACTION, findChangeOrigin().address, CUT_ACTION, ACTION, CUT_ACTION, since],
  );
  const { cuts, of_address: ofAddress, of_day: ofDay } = counts!;
  if (ofDay < MAX_OF_DAY && ofAddress < MAX_OF_ADDRESS) return ACTION;
  return cuts === 0 ? CUT_ACTION : undefined;
}

/** What a person who reviews it asks for. A client's secret is not among it, and neither are its keys. */
function toShown(payload: AdapterPayload): Readonly<Record<string, unknown>> {
  return {
    clientName: payload['client_name'] ?? null,
    redirectUris: payload['redirect_uris'] ?? [],
    clientUri: payload['client_uri'] ?? null,
    applicationType: payload['application_type'] ?? null,
    tokenEndpointAuthMethod: payload['token_endpoint_auth_method'] ?? null,
  };
}
