/** The owner under which a private key of our authorization server is sealed. */
export function signingKeyOwner(kid: string): string {
  return `oauth:signing-key:${kid}`;
}

/** The owner under which the secret in a record of our authorization server is sealed. @param name the record's model and id, with a space between. */
export function oauthRecordOwner(name: string): string {
  return `oauth:record:${name}`;
}

/** The owner under which the client secret of an identity provider is sealed. */
export function identityProviderSecretOwner(providerId: string): string {
  return `identity-provider:${providerId}:client-secret`;
}
