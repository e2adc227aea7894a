/**
 * Those who wait for something, in no order. Each member holds its own place in the field that the roster is named for (-1 where it is not
 * in it), so joining and leaving cost the same however many there are, and what left is reachable from nowhere. A `Set` that every call
 * enters and leaves makes itself a new table every hundred calls, and each old table keeps the next one reachable with all that stood in
 * it: calls that are long over then live until the next full collection, and every small one has to copy them.
 */
export class Roster<Field extends string, Member extends Record<Field, number>> {
  readonly #field: Field;
  readonly #members: Member[] = [];

  constructor(field: Field) {
    this.#field = field;
  }

  get size(): number {
    return this.#members.length;
  }

  add(member: Member): void {
    if (member[this.#field] >= 0) return;
    this.#place(member, this.#members.push(member) - 1);
  }

  delete(member: Member): void {
    const position = member[this.#field];
    if (position < 0) return;
    this.#place(member, -1);
    const last = this.#members.pop()!;
    if (last === member) return;
    this.#members[position] = last;
    this.#place(last, position);
  }

  /** From the end, so that those who are visited may leave: the last one takes the place of one that goes. */
  visit(each: (member: Member) => void): void {
    for (let position = this.#members.length - 1; position >= 0; position--) {
      const member = this.#members[position];
      if (member !== undefined) each(member);
    }
  }

  #place(member: Member, position: number): void {
    (member as Record<Field, number>)[this.#field] = position;
  }
}
