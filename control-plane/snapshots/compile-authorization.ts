import { connectionShard, type AuthorizationServerDocument, type ConsentsDocument } from '../../contract/snapshot.ts';
import type { ConsentRow, IssuerRow, SigningKeyRow } from './snapshot-rows.ts';
import { sortBy } from './sort-by.ts';

/** Without a name there is no authorization server that a token could come from. */
export function compileAuthorizationServer(
  [own]: readonly IssuerRow[],
  keyRows: readonly SigningKeyRow[],
): readonly AuthorizationServerDocument[] {
  if (own === undefined) return [];
  const keys = sortBy(keyRows, (row) => row.kid).map((row) => row.publicKey);
  return [{ kind: 'authorization_server', issuer: own.issuer, keys }];
}

/** What people allowed who cannot come in is left out: tokens that rest on it are worth nothing until they can again. */
export function compileConsents(rows: readonly ConsentRow[]): readonly ConsentsDocument[] {
  const usable = rows.filter((row) => row.isUserEnabled && row.isMember);
  const byShard = Map.groupBy(usable, (row) => `${row.workspaceId}:${connectionShard(row.userId)}`);
  return sortBy([...byShard], ([name]) => name).map(([, members]) => {
    const { workspaceId, userId: anybody } = members[0]!;
    const consents = sortBy(members, (row) => row.id).map(({ id, userId, clientId, serverId }) => ({ id, userId, clientId, serverId }));
    return { kind: 'consents', workspaceId, shard: connectionShard(anybody), consents };
  });
}
