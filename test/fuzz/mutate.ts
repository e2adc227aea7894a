import type { Random } from './random.ts';

/** The longest input, in bytes. */
const MAX_BYTES = 8_192;

type Mutation = (bytes: Buffer, random: Random, words: readonly string[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[random.below(changed.length)]! ^= 1 << random.below(8);
    return changed;
  },
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), 0, Buffer.from([random.below(256)])),
  (bytes, random, words) => splice(bytes, random.below(bytes.length + 1), 0, Buffer.from(random.pick(words))),
  (bytes, random, words) => splice(bytes, random.below(bytes.length + 1), random.below(16), Buffer.from(random.pick(words))),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), random.below(32), Buffer.alloc(0)),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => {
    const [from, length] = [random.below(bytes.length + 1), random.below(64)];
    const part = bytes.subarray(from, from + length);
    return splice(bytes, from, 0, Buffer.concat(Array.from({ length: random.below(20) }, () => part)));
  },
];

/** Something that resembles one of the seeds: what a broken or hostile peer sends, rather than noise. */
export function mutate(seed: Buffer, random: Random, words: readonly string[]): Buffer {
  let bytes = seed;
  for (let rounds = random.below(6); rounds > 0; rounds--) bytes = random.pick(MUTATIONS)(bytes, random, words).subarray(0, MAX_BYTES);
  return bytes;
}

function splice(bytes: Buffer, at: number, removed: number, added: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
}
