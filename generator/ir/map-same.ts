/** `list.map(f)`, but the list itself where `f` changes no item: who sees the same object knows that nothing changed. */
export function mapSame<T>(list: readonly T[], f: (item: T) => T): readonly T[] {
  let result: T[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const item = f(list[i]!);
    if (result !== null) result.push(item);
    else if (item !== list[i]) result = [...list.slice(0, i), item];
  }
  return result ?? list;
}
