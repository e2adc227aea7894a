export { UserEntity, type User } from './user.entity.ts';
export { batchUsers, listUsers, readUser } from './user-queries.ts';
export { UserResolver } from './user.resolver.ts';
export { UserService } from './user-service.ts';
export { UserConnection, UserType, toUserType } from './user.type.ts';
