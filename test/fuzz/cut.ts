import type { Random } from './random.ts';

/** The same bytes in pieces of any size, as a network delivers them. */
export function cut(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below(random.oneIn(2) ? 3 : 200);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
