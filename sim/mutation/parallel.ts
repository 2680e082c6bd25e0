/** Processes at once. */
const parallel = 2;

/** `work` on every item, two at a time; the results in the order of the items. `tell` hears how many are done. */
export async function eachInParallel<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>, tell: (done: number) => void): Promise<R[]> {
  const results: R[] = [];
  let [next, done] = [0, 0];
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i]!, i);
      tell(++done);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}
