import type { EntityManager } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';

/** Reads what belongs to many keys with one query; the answers are in the order of the keys. */
export type Batch<Key, Value> = (em: EntityManager, keys: readonly Key[]) => Promise<Value[]>;

/** The DataLoaders of one request, made when first asked for. The batch function is the loader's identity. */
export class Loaders {
  readonly #em: EntityManager;
  readonly #loaders = new Map<unknown, unknown>();

  constructor(em: EntityManager) {
    this.#em = em;
  }

  /** The value of one key, read together with all others that are asked for in the same moment. */
  load<Key extends string, Value>(batch: Batch<Key, Value>, key: Key): Promise<Value> {
    let loader = this.#loaders.get(batch) as DataLoader<Key, Value> | undefined;
    if (loader === undefined) {
      loader = new DataLoader<Key, Value>((keys) => batch(this.#em.fork(), keys));
      this.#loaders.set(batch, loader);
    }
    return loader.load(key);
  }

  /** The same for what a row refers to: its foreign key says that it is there. */
  loadExisting<Key extends string, Value>(batch: Batch<Key, Value>, key: Key): Promise<NonNullable<Value>> {
    return this.load(batch, key) as Promise<NonNullable<Value>>;
  }
}
