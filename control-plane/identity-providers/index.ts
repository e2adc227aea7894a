export { IdentityProviderEntity } from './identity-provider.entity.ts';
export { readIdentityProvider } from './identity-provider-queries.ts';
export { IdentityProviderResolver, OrganizationIdentityProvidersResolver } from './identity-provider.resolver.ts';
export { IdentityProviderService } from './identity-provider-service.ts';
export { listProviderOffers } from './provider-offers.ts';
export { ProviderRoutes } from './provider-routes.ts';
