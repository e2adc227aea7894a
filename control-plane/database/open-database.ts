import { MikroORM, type EntityManager, type EventSubscriber } from '@mikro-orm/postgresql';
import { entities } from './entities.ts';

/** Connections to PostgreSQL that one control-plane process holds at most. */
const MAX_CONNECTIONS = 20;

/**
 * Opens the database. Schema changes are the migrations' business alone.
 * @param subscribers what looks on while entities are written.
 */
export function openDatabase(url: string, subscribers: readonly EventSubscriber[] = []): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: url,
    entities: [...entities],
    subscribers: [...subscribers],
    pool: { min: 0, max: MAX_CONNECTIONS },
    forceUtcTimezone: true,
    debug: false,
  });
}

/** Runs a write in one transaction, with entities of its own. Anything that throws rolls everything back. */
export function inTransaction<Value>(em: EntityManager, work: (em: EntityManager) => Promise<Value>): Promise<Value> {
  return em.fork().transactional(work);
}
