export { ConnectionEntity } from './connection.entity.ts';
export { checkHeaders } from './check-headers.ts';
export { ConnectionHeaderInput } from './connection.input.ts';
export { ConnectionResolver, McpServerConnectionsResolver } from './connection.resolver.ts';
export { ConnectionService } from './connection-service.ts';
export { findConnectionDocuments, readConnection } from './connection-queries.ts';
export { checkEncryptionKeys, loadFingerprintKey } from './encryption-keys.ts';
export { KeyRotation } from './key-rotation.ts';
export { HeaderSealer } from './sealed-headers.ts';
