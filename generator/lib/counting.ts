import { type Bool, type UInt, when } from "lapa";

/** One more where `up` is 1, one less where `down` is, and neither where both are; whoever counts sees to the range. */
export function countUpDown(counter: UInt, up: Bool, down: Bool): void {
  when(up.and(down.not()), () => counter.set(counter.addWrap(1n)))
    .elsewhen(down.and(up.not()), () => counter.set(counter.subWrap(1n)));
}

/** `from` where `loads` is 1, otherwise one less where `counts` is. */
export function countDown(counter: UInt, from: UInt, loads: Bool, counts: Bool): void {
  when(counts, () => counter.set(counter.subWrap(1n)));
  when(loads, () => counter.set(from));
}
