export { SecretReferences, type SecretSources } from './secret-references.ts';
export { SecretSealer, type SealedSetting } from './secret-sealer.ts';
export { identityProviderSecretOwner, oauthRecordOwner, signingKeyOwner } from './oauth-owners.ts';
