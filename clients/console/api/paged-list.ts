/** One page of a list, as every list of the API has it. */
export interface ListPage<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** A page, or why there is none. */
export type PageAnswer<Item, Fault> = { readonly ok: true; readonly page: ListPage<Item> } | { readonly ok: false; readonly error: Fault };

/** A list as far as it was read. */
export interface ListState<Item, Fault> {
  readonly items: readonly Item[];
  /** Nothing was read yet, neither items nor a fault. */
  readonly isNew: boolean;
  readonly isLoading: boolean;
  readonly isComplete: boolean;
  readonly error: Fault | undefined;
}

interface Held<Item> extends ListPage<Item> {
  /** The cursor after which it begins. */
  readonly after: string | null;
  /** How many changes had been announced when it was asked for. */
  readonly readAt: number;
}

/** Older than any change. */
const STALE = -1;

/**
 * A list that is read page by page, each when it is wanted. When something has changed, only the pages are read again that are on the screen;
 * the others are when they come there. Where a page then ends elsewhere, the next one begins there, and is read again too once it is shown.
 */
export class PagedList<Item extends { readonly id: string }, Fault> {
  readonly #read: (after: string | null) => Promise<PageAnswer<Item, Fault>>;
  readonly #listeners = new Set<() => void>();
  #pages: readonly Held<Item>[] = [];
  #changes = 0;
  /** The ids of what is on the screen; undefined where nobody tells, and everything is. */
  #shown: ReadonlySet<string> | undefined;
  #wantsMore = false;
  #isReading = false;
  #isStopped = true;
  /** Why the last page could not be read; nothing is read until somebody asks again. */
  #error: Fault | undefined;
  #items: readonly Item[] = [];
  #state: ListState<Item, Fault> = { items: [], isNew: true, isLoading: true, isComplete: false, error: undefined };

  constructor(read: (after: string | null) => Promise<PageAnswer<Item, Fault>>) {
    this.#read = read;
  }

  readonly getState = (): ListState<Item, Fault> => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Reads the first page. */
  readonly start = (): void => {
    this.#isStopped = false;
    this.#error = undefined;
    this.#go();
  };

  readonly stop = (): void => {
    this.#isStopped = true;
  };

  /** Something has changed. */
  readonly refresh = (): void => {
    this.#changes++;
    this.#error = undefined;
    this.#go();
  };

  /** Says what is on the screen, and whether the end of what was read comes near. */
  readonly show = (ids: readonly string[], isNearEnd: boolean): void => {
    this.#shown = new Set(ids);
    this.#wantsMore = isNearEnd;
    this.#go();
  };

  readonly loadMore = (): void => {
    this.#wantsMore = true;
    this.#error = undefined;
    this.#go();
  };

  /** One request at a time: each page begins where the one before it ends. */
  #go(): void {
    if (this.#isReading || this.#findNext() === undefined) return;
    this.#isReading = true;
    void this.#readAll().finally(() => {
      this.#isReading = false;
      this.#publish();
      if (this.#findNext() !== undefined) this.#go(); // wanted since the last look
    });
  }

  async #readAll(): Promise<void> {
    for (let position = this.#findNext(); position !== undefined; position = this.#findNext()) {
      const readAt = this.#changes;
      const known = this.#pages[position];
      const after = known === undefined ? (this.#pages.at(-1)?.pageInfo.endCursor ?? null) : known.after;
      if (known === undefined) this.#publish();
      const answer = await this.#read(after);
      if (this.#isStopped) return;
      if (!answer.ok) {
        this.#error = answer.error;
        this.#wantsMore = false;
        return;
      }
      if (known === undefined) this.#wantsMore = false;
      this.#pages = place(this.#pages, position, { ...answer.page, after, readAt });
      this.#items = join(this.#pages);
      this.#publish();
    }
  }

  /** Where the page stands that is to be read next; undefined where nothing is. */
  #findNext(): number | undefined {
    if (this.#isStopped || this.#error !== undefined) return undefined;
    const stale = this.#pages.findIndex((page) => page.readAt < this.#changes && this.#isShown(page));
    if (stale >= 0) return stale;
    const isWanted = this.#pages.length === 0 || (this.#wantsMore && this.#pages.at(-1)!.pageInfo.hasNextPage);
    return isWanted ? this.#pages.length : undefined;
  }

  #isShown({ nodes }: Held<Item>): boolean {
    return this.#shown === undefined || nodes.length === 0 || nodes.some(({ id }) => this.#shown!.has(id));
  }

  #publish(): void {
    const hasMore = this.#pages.at(-1)?.pageInfo.hasNextPage;
    const isNew = this.#pages.length === 0 && this.#error === undefined;
    const isLoading = isNew || (this.#wantsMore && hasMore === true);
    const state = { items: this.#items, isNew, isLoading, isComplete: hasMore === false, error: this.#error };
    // A table may say what it shows whenever it is rendered: where nothing is another thing, nothing is rendered because of it.
    if (isSame(state, this.#state)) return;
    this.#state = state;
    for (const notify of this.#listeners) notify();
  }
}

function isSame<State extends object>(a: State, b: State): boolean {
  return Object.entries(a).every(([name, value]) => b[name as keyof State] === value);
}

/** The pages with one of them read. */
function place<Item>(pages: readonly Held<Item>[], position: number, page: Held<Item>): readonly Held<Item>[] {
  const [next, ...others] = page.pageInfo.hasNextPage ? pages.slice(position + 1) : [];
  const after = page.pageInfo.endCursor ?? null;
  const following = next === undefined || next.after === after ? next : { ...next, after, readAt: STALE };
  return [...pages.slice(0, position), page, ...(following === undefined ? [] : [following, ...others])];
}

/** What has moved to another page stands in two until both are read again. */
function join<Item extends { readonly id: string }>(pages: readonly Held<Item>[]): readonly Item[] {
  const items = new Map<string, Item>();
  for (const { nodes } of pages) for (const node of nodes) if (!items.has(node.id)) items.set(node.id, node);
  return [...items.values()];
}
