export { ConnectionEntity, type Connection } from './connection.entity.ts';
export { ConnectionTokensEntity } from './oauth/connection-tokens.entity.ts';
export { checkHeaders } from './check-headers.ts';
export { ConnectionHeaderInput } from './connection.input.ts';
export {
  ConnectionResolver,
  McpServerConnectionsResolver,
  UserConnectionsResolver,
  WorkspaceConnectionsResolver,
} from './connection.resolver.ts';
export { ClientCredentialsService } from './client-credentials-service.ts';
export { ConnectionActions } from './connection-actions.ts';
export { ConnectionActionsResolver } from './connection-actions.resolver.ts';
export { openUpstreamOauth, type UpstreamOauth } from './open-upstream-oauth.ts';
export { toUpstreamStep } from './oauth/upstream-step.ts';
export { countOverdueTokens } from './oauth/overdue-tokens.ts';
export { OwnConnectionsRoutes } from './pages/own-connections-routes.ts';
export { EntryRoutes } from './pages/entry-routes.ts';
export { ConnectRoutes } from './pages/connect-routes.ts';
export { ConnectionService } from './connection-service.ts';
export { ConnectionType } from './connection.type.ts';
export { findConnectionDocuments, readConnection, readConnectionBySubject } from './connection-queries.ts';
export { checkEncryptionKeys, loadFingerprintKey } from './encryption-keys.ts';
export { readCredential } from './read-credential.ts';
export { KeyRotation } from './key-rotation.ts';
export { HeaderSealer } from './sealed-headers.ts';
