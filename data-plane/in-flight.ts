/**
 * What is under way, by key, in the order it began: a `Map` for a few dozen entries that come and go with every call. A `Map` makes itself
 * a new table after a few of them, and each old table keeps the next one reachable with all that stood in it; calls that are long over
 * then survive until the next full collection. Entries of arrays keep nothing. Looking something up takes as long as there are entries.
 */
export class InFlight<Key, Value> {
  readonly #keys: Key[] = [];
  readonly #values: Value[] = [];

  get size(): number {
    return this.#keys.length;
  }

  has(key: Key): boolean {
    return this.#keys.includes(key);
  }

  get(key: Key): Value | undefined {
    const position = this.#keys.indexOf(key);
    return position < 0 ? undefined : this.#values[position];
  }

  set(key: Key, value: Value): void {
    const position = this.#keys.indexOf(key);
    if (position >= 0) this.#values[position] = value;
    else {
      this.#keys.push(key);
      this.#values.push(value);
    }
  }

  delete(key: Key): boolean {
    const position = this.#keys.indexOf(key);
    if (position < 0) return false;
    this.#keys.splice(position, 1);
    this.#values.splice(position, 1);
    return true;
  }

  /** As of now: entries may be deleted while one goes through it. */
  keys(): readonly Key[] {
    return [...this.#keys];
  }

  /** As of now: entries may be deleted while one goes through it. */
  values(): readonly Value[] {
    return [...this.#values];
  }
}
