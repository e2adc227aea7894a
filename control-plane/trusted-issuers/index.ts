export { KeyRefresh } from './key-refresh.ts';
export { TrustedIssuerEntity } from './trusted-issuer.entity.ts';
export { findTrustDocuments, readTrustedIssuer } from './trusted-issuer-queries.ts';
export { OrganizationTrustedIssuersResolver, TrustedIssuerResolver } from './trusted-issuer.resolver.ts';
export { TrustedIssuerService } from './trusted-issuer-service.ts';
