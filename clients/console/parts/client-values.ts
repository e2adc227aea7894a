import type { ConnectionClientInput } from '../generated/graphql.ts';

/** By what a client proves who it is: a secret that both sides have, or assertions that it signs (private_key_jwt). */
export type ClientProof = 'SECRET' | 'KEY';

/** The algorithms of private keys that the API takes, the usual one first. */
export const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;

/** What is entered about a client. */
export interface ClientValues {
  readonly clientId: string;
  readonly proof: ClientProof;
  readonly clientSecret: string;
  readonly privateKey: string;
  readonly algorithm: string;
  readonly scopes: string;
  readonly resource: string;
}

export const NO_CLIENT: ClientValues = {
  clientId: '',
  proof: 'SECRET',
  clientSecret: '',
  privateKey: '',
  algorithm: ALGORITHMS[0],
  scopes: '',
  resource: '',
};

/** An empty field is nothing, and only what the client proves itself by is sent: the other one may have been entered before. */
export function toClientInput({ clientId, proof, clientSecret, privateKey, algorithm, ...rest }: ClientValues): ConnectionClientInput {
  const scopes = rest.scopes.split(/\s+/).filter((scope) => scope !== '');
  return {
    clientId: clientId.trim(),
    ...(proof === 'SECRET' ? { clientSecret } : { privateKey: privateKey.trim(), algorithm }),
    ...(scopes.length > 0 && { scopes }),
    ...(rest.resource.trim() !== '' && { resource: rest.resource.trim() }),
  };
}
