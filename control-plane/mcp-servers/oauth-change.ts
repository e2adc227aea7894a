import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { decide, type Access } from '../authorization/index.ts';
import type { SecretSealer } from '../secrets/index.ts';
import type { McpServer } from './mcp-server.entity.ts';
import { NO_OAUTH_SETTINGS, type OauthInput, type OauthSettings } from './oauth-settings.ts';

/** The columns that hold the OAuth settings. */
export type OauthColumns = Pick<
  McpServer,
  'oauth' | 'sealedClientSecret' | 'clientSecretKeyId' | 'clientSecretFingerprint' | 'clientSecretUpdatedAt' | 'clientSecretIssuer'
>;

const NO_SECRET: Omit<OauthColumns, 'oauth'> = {
  sealedClientSecret: null,
  clientSecretKeyId: null,
  clientSecretFingerprint: null,
  clientSecretUpdatedAt: null,
  clientSecretIssuer: null,
};
export const NO_OAUTH_COLUMNS: OauthColumns = { oauth: null, ...NO_SECRET };

/** The owner under which a server's client secret is sealed. */
export function clientSecretOwner(serverId: string): string {
  return `mcp-server:${serverId}:client-secret`;
}

/**
 * Why a secret cannot be a reference; undefined where it can. Whoever manages a workspace chooses where the secrets of its servers go, so what the
 * operator gave the organization is not theirs to use.
 */
export function findReferenceFault(access: Access, organizationId: string, input: OauthInput | null | undefined): UserError | undefined {
  if (!/^(env|file):/.test(input?.clientSecret ?? '')) return undefined;
  if (decide(access, 'mcp_server.write', { organizationId, workspaceId: null }) === 'allowed') return undefined;
  const message = 'Only owners and administrators of the organization may refer to secrets of the operator.';
  return { code: UserErrorCode.INVALID, message, field: ['input', 'oauth', 'clientSecret'] };
}

/** What the settings become: absent leaves, null clears, a value sets. A secret that did not change keeps its date. */
export function toOauthColumns(
  before: OauthColumns & { readonly id: string },
  input: OauthInput | null | undefined,
  sealer: SecretSealer,
  nowMs: number,
): Partial<OauthColumns> {
  if (input === undefined) return {};
  if (input === null) return NO_OAUTH_COLUMNS;
  const { clientSecret, ...rest } = input;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const settings: OauthSettings = { ...NO_OAUTH_SETTINGS, ...before.oauth, ...Object.fromEntries(given) };
  const oauth: OauthSettings = { ...settings, authorizeParameters: settings.authorizeParameters ?? [] };
  const isSame = JSON.stringify(oauth) === JSON.stringify({ ...NO_OAUTH_SETTINGS, ...before.oauth });
  return { ...(!isSame && { oauth }), ...toSecretColumns(before, clientSecret, sealer, nowMs) };
}

function toSecretColumns(
  before: OauthColumns & { readonly id: string },
  secret: string | null | undefined,
  sealer: SecretSealer,
  nowMs: number,
): Partial<OauthColumns> {
  if (secret === undefined) return {};
  if (secret === null) return NO_SECRET;
  const { sealed, keyId, fingerprint } = sealer.seal(clientSecretOwner(before.id), secret);
  if (fingerprint === before.clientSecretFingerprint) return {};
  return {
    sealedClientSecret: sealed,
    clientSecretKeyId: keyId,
    clientSecretFingerprint: fingerprint,
    clientSecretUpdatedAt: new Date(nowMs),
    clientSecretIssuer: null,
  };
}
