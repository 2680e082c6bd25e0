/** Suggestions for a name that does not exist. */

/** `; near names: a, b, c`, or nothing when there are no names at all. */
export function nearest(wanted: string, names: Iterable<string>): string {
  const ranked = [...names].map((name) => ({ name, distance: editDistance(wanted, name) }));
  ranked.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return ranked.length === 0 ? "" : `; near names: ${ranked.slice(0, 5).map((r) => r.name).join(", ")}`;
}

/** Insertions, deletions and replacements between two words (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
