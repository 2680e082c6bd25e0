import { Bits, Bool, connect, type Ports, type Stream } from "lapa";
import { treeLevels } from "./adder-tree";
import type { SortedMerge, SortedMergeParameters } from "./sorted-merge";
import { tree } from "./sums";

/** The payload of a stream of lists: a list without words is one word with `has` 0. */
export function listOf(wordBits: number) {
  return { word: Bits(wordBits), has: Bool(), last: Bool() };
}

export type ListStream = Stream<ReturnType<typeof listOf>>;

/** Cycles from the words of `n` lists to the first word of the merged one, where nothing stalls. */
export function mergeLatency(n: number): number {
  return treeLevels(n);
}

/**
 * One ascending list of several, in a binary tree of merges.
 * @param joins whether words of equal order become one: the rest of the first list's is in its lowest bits.
 * @param orderBits the top bits of a word that lists are sorted by. @param place makes an instance in the module at hand.
 * @throws RangeError when there is no list.
 */
export function mergeTree(lists: readonly ListStream[], joins: boolean, orderBits: number, place: (params: SortedMergeParameters) => Ports<SortedMerge>): ListStream {
  return tree(lists, (a, b) => {
    const [aBits, bBits] = [a, b].map((list) => list.payload.word.width - orderBits) as [number, number];
    const merge = place({ orderBits, aBits, bBits, joins });
    connect(a, merge.a);
    connect(b, merge.b);
    return merge.out;
  });
}
