import { err, ok, type Result } from '../../foundation/result.ts';
import type { Connection } from './connection.entity.ts';
import type { TokenService } from './oauth/token-service.ts';
import type { TokenStore } from './oauth/token-store.ts';
import type { HeaderSealer } from './sealed-headers.ts';

/** What reading a credential works with. */
export interface CredentialParts {
  readonly tokens: TokenService;
  readonly store: TokenStore;
  readonly sealer: HeaderSealer;
}

/** The headers that a connection's credential comes to, renewed if it is due; or what is wrong, in a sentence. */
export async function readCredential(
  { tokens, store, sealer }: CredentialParts,
  connection: Connection,
): Promise<Result<Record<string, string>, string>> {
  if (connection.sealedHeaders != null) {
    const headers = sealer.open({ id: connection.id, sealedHeaders: connection.sealedHeaders });
    return ok(Object.fromEntries(headers.map(({ name, value }) => [name, value])));
  }
  const answer = await tokens.answer({ connectionId: connection.id });
  const record = await store.read(connection.id);
  const token = record?.secrets.accessToken;
  if (answer.outcome === 'token' && token !== undefined) return ok({ authorization: `Bearer ${token}` });
  return err(record?.row.reason ?? 'There is no access token at present. Try again soon.');
}
