/** "Did you mean": the known word closest to a mistyped one. */

/** Edits (insert, delete, replace, swap neighbours) that turn one word into the other. */
function distance(a: string, b: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? beforeLast[j - 2] + 1 : Infinity;
      row.push(Math.min(replaced, swapped, last[j] + 1, row[j - 1] + 1));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length];
}

/** The word of `known` that `word` was probably meant to be; null when none is near. Case and `-_` do not count. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const plain = (w: string): string => w.toLowerCase().replace(/[-_]/g, "");
  let [best, least] = [null as string | null, Math.max(1, Math.floor(word.length / 3)) + 1];
  for (const candidate of known) {
    const d = distance(plain(word), plain(candidate));
    if (d < least) [best, least] = [candidate, d];
  }
  return best;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const found = nearest(word, known);
  return found === null ? "" : ` (did you mean "${found}"?)`;
}
