export { ConsentEntity } from './consents/consent.entity.ts';
export { findConsentDocuments, readConsent } from './consents/consent-queries.ts';
export { ConsentResolver, UserConsentsResolver } from './consents/consent.resolver.ts';
export { openOauth, type Oauth } from './open-oauth.ts';
