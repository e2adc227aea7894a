import type { EntityManager } from '@mikro-orm/postgresql';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { hasConnections } from './mcp-server-dependents.ts';
import type { McpServer } from './mcp-server.entity.ts';
import type { McpServerChange } from './mcp-server-rules.ts';
import type { OauthColumns } from './oauth-change.ts';
import { NO_OAUTH_SETTINGS } from './oauth-settings.ts';

/** What gateways have to learn of a change: nothing, the server's own document, or that its routes come or go. */
export type Effect = 'unchanged' | 'unseen' | 'document' | 'routes';

/** What of a row a change sets. */
export type ServerColumns = Omit<McpServerChange, 'oauth'> & Partial<OauthColumns>;

/** Kept in the control plane. */
const UNSEEN: readonly string[] = [
  'description', 'url', 'headerNames', 'oauth', 'sealedClientSecret', 'clientSecretKeyId', 'clientSecretFingerprint', 'clientSecretUpdatedAt',
  'clientSecretIssuer',
] satisfies (keyof ServerColumns)[]; // prettier-ignore
/** Which authorization server a stored secret is shown to depends on these. */
const ADDRESSES = ['issuer', 'tokenEndpoint', 'revocationEndpoint'] as const;

/** Absent leaves the value, null clears it, anything else sets it. */
export function applyChange(row: McpServer, change: ServerColumns): Effect {
  const changed = Object.entries(change).filter(([field, value]) => value !== undefined && value !== row[field as keyof ServerColumns]);
  Object.assign(row, Object.fromEntries(changed));
  const fields = changed.map(([field]) => field);
  if (fields.length === 0) return 'unchanged';
  if (fields.includes('enabled')) return 'routes';
  return fields.every((field) => UNSEEN.includes(field)) ? 'unseen' : 'document';
}

/**
 * Stored credentials were entrusted to one upstream, for one kind of subject. Whoever may change the server must not be able to send
 * them elsewhere, or to have them used for somebody else.
 */
export async function findDependencyFaults(em: EntityManager, row: McpServer, change: ServerColumns): Promise<UserError[]> {
  const moved = change.canonicalUrl !== undefined && new URL(change.canonicalUrl).origin !== new URL(row.canonicalUrl).origin;
  const redirected = findRedirected(row, change);
  const secretFaults =
    row.sealedClientSecret != null && change.sealedClientSecret === undefined ? [...(moved ? ['url'] : []), ...redirected] : [];
  const fields = [
    ...(moved ? ['url'] : []),
    ...(change.authentication !== undefined && change.authentication !== row.authentication ? ['authentication'] : []),
    ...(change.granularity !== undefined && change.granularity !== row.granularity ? ['granularity'] : []),
    // Their holders entrusted client secrets to the addresses as they are; tokens of people keep the addresses they were obtained from.
    ...(row.authentication === 'CLIENT_CREDENTIALS' ? redirected : []),
  ];
  const dependent = fields.length > 0 && (await hasConnections(em, row.id)) ? fields : [];
  return [
    ...dependent.map((field) => toFault(field, 'Connections are stored for this server as it is. Delete them first.')),
    ...secretFaults
      .filter((field) => !dependent.includes(field))
      .map((field) =>
        toFault(field, 'The stored client secret was entrusted to the present address. Enter clientSecret again with this change.'),
      ),
  ];
}

/** The settings by which secrets would go somewhere else. */
function findRedirected(row: McpServer, change: ServerColumns): string[] {
  const { oauth } = change;
  if (oauth === undefined) return [];
  const [before, after] = [row.oauth ?? NO_OAUTH_SETTINGS, oauth ?? NO_OAUTH_SETTINGS];
  return ADDRESSES.filter((field) => before[field] !== after[field]).map((field) => `oauth.${field}`);
}

function toFault(field: string, message: string): UserError {
  return { code: UserErrorCode.HAS_DEPENDENTS, message, field: ['input', ...field.split('.')] };
}
