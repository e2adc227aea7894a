/** How much a value may consist of, everything in it counted. */
export interface ValueBounds {
  readonly values: number;
  /** Of strings and keys together. */
  readonly characters: number;
}

/** Whether a JSON value is within bounds. Looks at no more than they allow, however large or deep the value is. */
export function isWithin(value: unknown, bounds: ValueBounds): boolean {
  let { values, characters } = bounds;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (--values < 0) return false;
    if (typeof next === 'string') characters -= next.length;
    else if (Array.isArray(next)) {
      if (next.length > values) return false;
      open.push(...(next as unknown[]));
    } else if (typeof next === 'object' && next !== null) {
      for (const key of Object.keys(next)) {
        characters -= key.length;
        open.push((next as Readonly<Record<string, unknown>>)[key]);
      }
      if (open.length > values) return false;
    }
    if (characters < 0) return false;
  }
  return true;
}
