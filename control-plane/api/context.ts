import type { EntityManager } from '@mikro-orm/postgresql';
import type { Access } from '../authorization/index.ts';
import type { LiveStream } from './live.ts';
import type { Loaders } from './loaders.ts';

/** What every resolver gets. One a request. */
export interface ApiContext {
  /** For reads: a fork of its own, so that requests never share entities. Writes open a transaction through their service. */
  readonly em: EntityManager;
  /** Who is calling and where they belong. */
  readonly access: Access;
  readonly loaders: Loaders;
  /** The stream that a subscription runs on; undefined for queries and mutations. */
  readonly live?: LiveStream;
}
