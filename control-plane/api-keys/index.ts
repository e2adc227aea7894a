export { ApiKeyEntity, type ApiKey } from './api-key.entity.ts';
export { readApiKey } from './api-key-queries.ts';
export { ApiKeyResolver, OrganizationApiKeysResolver, UserApiKeysResolver, WorkspaceApiKeysResolver } from './api-key.resolver.ts';
export { ApiKeyType } from './api-key.type.ts';
export { ApiKeyService } from './api-key-service.ts';
export { CallerAuthenticator, readPersonAccess } from './authenticate-caller.ts';
