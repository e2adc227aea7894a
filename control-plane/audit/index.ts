export { AuditEventEntity } from './audit-event.entity.ts';
export { AuditEventResolver } from './audit-event.resolver.ts';
export { ChangeFeed, CHANGES } from './change-feed.ts';
export { ChangeResolver } from './change.resolver.ts';
export { readAuditEvent } from './audit-queries.ts';
export { AuditRecorder } from './audit-recorder.ts';
export { AuditUpkeep } from './audit-upkeep.ts';
