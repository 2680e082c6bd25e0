import { setImmediate } from "node:timers/promises";

/** How long a computation may keep the process to itself. */
const breath = 100;

/**
 * Runs a computation that yields how far it is, and lets the process do other things in between: hear an interrupt, say
 * how far it is. @param show is told now and then.
 */
export async function paced<T>(work: Generator<number, T, undefined>, show: (done: number) => void): Promise<T> {
  for (let last = Date.now(); ;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (Date.now() - last < breath) continue;
    show(step.value);
    await setImmediate();
    last = Date.now();
  }
}
