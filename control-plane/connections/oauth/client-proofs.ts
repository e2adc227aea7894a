import type { EntityManager } from '@mikro-orm/postgresql';
import { Secret } from '../../../foundation/secret.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import type { Fetch } from '../../egress/index.ts';
import { clientSecretOwner, type McpServer } from '../../mcp-servers/index.ts';
import { OrganizationEntity } from '../../organizations/index.ts';
import type { SecretReferences, SecretSealer } from '../../secrets/index.ts';
import type { ConnectionTokens, SealedTokens, StoredClient } from './connection-tokens.entity.ts';
import { revokeToken } from './revoke-token.ts';
import type { ProvenClient } from './token-request.ts';

/** What proving a client needs. */
export interface ClientProofsParts {
  readonly em: EntityManager;
  readonly sealer: SecretSealer;
  readonly references: SecretReferences;
  readonly fetch: Fetch;
}

/** Finds what a client proves itself by, wherever that is kept. */
export class ClientProofs {
  readonly #parts: ClientProofsParts;

  constructor(parts: ClientProofsParts) {
    this.#parts = parts;
  }

  /** The secret of a server's own client is the one that is in its settings now, so that it can be rotated. */
  async prove(client: StoredClient, server: McpServer, { clientSecret, privateKey }: SealedTokens): Promise<Result<ProvenClient, string>> {
    switch (client.kind) {
      case 'DOCUMENT':
        return ok(client);
      case 'REGISTERED':
        // Chosen by the authorization server, so it refers to nothing, whatever it looks like.
        return ok({ ...client, secret: clientSecret });
      case 'PRE_REGISTERED':
        return this.#resolve(client, server, { secret: this.#openServerSecret(server) });
      case 'OWN':
        return this.#resolve(client, server, { secret: clientSecret, privateKey });
    }
  }

  /** The next one who connects registers anew. */
  async forgetRegistration(organizationId: string, clientId: string): Promise<void> {
    await this.#parts.em
      .fork()
      .execute('DELETE FROM upstream_registrations WHERE organization_id = ? AND client_id = ?', [organizationId, clientId]);
  }

  /** Whether the authorization server took the tokens back (RFC 7009); false where it offers no way or did not answer. */
  async revoke(row: ConnectionTokens, server: McpServer, secrets: SealedTokens): Promise<boolean> {
    const client = await this.prove(row.client, server, secrets);
    return client.ok && revokeToken(this.#parts.fetch, row.authorizationServer, client.value, secrets);
  }

  #openServerSecret({ id, sealedClientSecret }: McpServer): string | undefined {
    return sealedClientSecret == null ? undefined : this.#parts.sealer.open(clientSecretOwner(id), sealedClientSecret).reveal();
  }

  /** Settings may be references. */
  async #resolve(client: StoredClient, { organizationId }: McpServer, settings: ProofSettings): Promise<Result<ProvenClient, string>> {
    const { slug } = await this.#parts.em.fork().findOneOrFail(OrganizationEntity, organizationId);
    const proofs: { secret?: string; privateKey?: string } = {};
    for (const name of ['secret', 'privateKey'] as const) {
      const text = settings[name];
      if (text === undefined) continue;
      const resolved = await this.#parts.references.resolve(new Secret(text), slug);
      if (!resolved.ok) return err(`What the client proves itself by cannot be found: ${resolved.error}.`);
      proofs[name] = resolved.value.reveal();
    }
    return ok({ ...client, ...proofs });
  }
}

interface ProofSettings {
  readonly secret: string | undefined;
  readonly privateKey?: string | undefined;
}
