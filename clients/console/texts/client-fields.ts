import type { ClientProof } from '../parts/client-values.ts';

/** What is said about a client that is registered at an upstream. */
export const texts = {
  clientId: 'Client id',
  proof: 'How the client proves who it is',
  proofs: { SECRET: 'By a secret', KEY: 'By a private key' } satisfies Record<ClientProof, string>,
  clientSecret: 'Client secret',
  secretHint: 'Stored sealed, and never shown again.',
  privateKey: 'Private key',
  privateKeyHint: 'PKCS #8 in PEM, or a JWK. It signs what proves the client (private_key_jwt). Stored sealed, and never shown again.',
  algorithm: 'Algorithm',
  scopes: 'Scopes',
  scopesHint: 'Separated by spaces. Empty: what the server asks for.',
  resource: 'Resource',
  resourceHint: 'Empty: as the server names itself.',
} as const;
