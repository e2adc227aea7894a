/** The longest text that is remembered, in characters: one as long as a document is not worth it. */
const MAX_KEY_LENGTH = 1_000;

/** The bytes of texts that come again and again. Anybody can invent some, so they are not remembered for ever. */
export class RememberedBytes {
  readonly #make: (key: string) => string;
  readonly #max: number;
  readonly #known = new Map<string, Buffer>();

  /** @param make what is written of a text. */
  constructor(max: number, make: (key: string) => string) {
    this.#max = max;
    this.#make = make;
  }

  find(key: string): Buffer {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const bytes = Buffer.from(this.#make(key));
    if (key.length > MAX_KEY_LENGTH) return bytes;
    if (this.#known.size >= this.#max) this.#known.clear();
    this.#known.set(key, bytes);
    return bytes;
  }
}
