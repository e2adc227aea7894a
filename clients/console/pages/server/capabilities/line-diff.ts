/** A line of a difference. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Beyond this, a difference is shown as all of the old and all of the new: comparing takes lines times lines. */
const MAX_LINES = 600;

/** How one text becomes the other, line by line, with as few changes as possible (longest common subsequence). */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, current] = [toLines(before), toLines(after)];
  if (old.length > MAX_LINES || current.length > MAX_LINES) return [...old.map(removed), ...current.map(added)];
  const common = measureCommon(old, current);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < current.length) {
    if (i < old.length && j < current.length && old[i] === current[j]) {
      lines.push({ kind: 'same', text: old[i]! });
      i++;
      j++;
    } else if (j >= current.length || (i < old.length && common[i + 1]![j]! >= common[i]![j + 1]!)) lines.push(removed(old[i++]!));
    else lines.push(added(current[j++]!));
  }
  return lines;
}

/** How many lines the rest from each pair of places has in common. */
function measureCommon(old: readonly string[], current: readonly string[]): number[][] {
  const table = Array.from({ length: old.length + 1 }, () => Array.from<number>({ length: current.length + 1 }).fill(0));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = current.length - 1; j >= 0; j--)
      table[i]![j] = old[i] === current[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
  }
  return table;
}

function toLines(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

function removed(text: string): DiffLine {
  return { kind: 'removed', text };
}

function added(text: string): DiffLine {
  return { kind: 'added', text };
}
