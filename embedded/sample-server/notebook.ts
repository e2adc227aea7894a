export interface Note {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** Notes in memory, shared by everyone who uses the sample server and gone when it stops. */
export class Notebook {
  readonly #notes = new Map<string, Note>();
  readonly #capacity: number;
  #made = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The new note, or undefined where the notebook is full. */
  add(title: string, text: string): Note | undefined {
    if (this.#notes.size >= this.#capacity) return undefined;
    this.#made += 1;
    const note = { id: String(this.#made), title, text };
    this.#notes.set(note.id, note);
    return note;
  }

  find(id: string): Note | undefined {
    return this.#notes.get(id);
  }

  /** Oldest first. */
  all(): readonly Note[] {
    return [...this.#notes.values()];
  }

  /** Whether there was such a note. */
  delete(id: string): boolean {
    return this.#notes.delete(id);
  }
}
