export { UserEntity, type User } from './user.entity.ts';
export { ApiKeyEntity, type ApiKey } from './api-key.entity.ts';
