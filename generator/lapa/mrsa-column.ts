/** A column of MRSA: one key's partial score, a slice of it a cycle. */

import { Bits, Bool, concat, literal, mux, SInt, UInt, UserError } from "lapa";
import { treeLevels } from "../lib/adder-tree";
import { LibraryModule } from "../lib/library-module";
import { type Bounded, resized, unsignedSum } from "../lib/sums";
import { selectionBits, unpackSelection } from "./code-selection";
import type { AlocFormat } from "./config";

export type MrsaColumnParameters = AlocFormat & {
  /** Features that are taken in one cycle. */
  readonly features: number;
  /** D: bits of a slice. */
  readonly sliceBits: number;
  /** Of the score, signed. */
  readonly scoreBits: number;
  /** Cycles that a key takes: partial sums of the cycles before are added. */
  readonly folds: number;
  /** Ranks of registers in the adder tree besides the one that is always there: 0 .. max(0, ceil(log2(features)) - 1). */
  readonly treeRegisters: number;
};

/** Cycles from the slices to the score: the ranks of registers in the tree, and the sum's own. */
export function columnLatency({ treeRegisters }: Pick<MrsaColumnParameters, "treeRegisters">): number {
  return 2 + treeRegisters;
}

/**
 * slices, selections -> score = base + sum over the features of (slice ^ sign) << exponent.
 *
 * A term's sign costs neither an adder nor a wider term: -(y << e) is (~y << e) - (2^D - 1) * 2^e, and what is subtracted
 * does not depend on the key but on the codes alone, so it is in `base`, once for all keys of a row. The same goes for the
 * first slice's sign: it arrives as an unsigned number, its top bit inverted, and `base` has the difference. See
 * docs/arithmetic.md.
 */
export class MrsaColumn extends LibraryModule<MrsaColumnParameters> {
  /** Feature i in bits i*D and up, unsigned. */
  readonly slices = this.input(Bits(this.params.features * this.params.sliceBits));
  /** Feature i in bits i*B and up, B the bits of a selection. */
  readonly selections = this.input(Bits(this.params.features * selectionBits(this.params)));
  /** Comes with what the tree's last registers hold: what the sum starts from, where `first`; unused elsewhere. */
  readonly base = this.input(SInt(this.params.scoreBits));
  /** Comes with `base`: whether these are a key's first features. Not there where one cycle takes them all. */
  readonly first = this.params.folds > 1 ? this.input(Bool()) : null;
  readonly score = this.output(SInt(this.params.scoreBits));

  override get doc(): string {
    return "Score of one key: base, and for every feature its slice, inverted by the code's sign, shifted by the code's exponent.";
  }

  override get latency(): number {
    return columnLatency(this.params);
  }

  build(): void {
    const { features, scoreBits } = this.params;
    const levels = this.registeredLevels();
    const terms = Array.from({ length: features }, (_, i) => this.term(i));
    const sum = unsignedSum(terms, (sums, level) => (levels.has(level) ? sums.map((s) => this.held(s)) : sums));
    const score = this.reg(SInt(scoreBits), { reset: "none" });
    const total = resized(sum, scoreBits).asSInt();
    const start = this.first === null ? this.base : mux(this.first, this.base, score);
    score.set(start.addWrap(total));
    this.score.set(score);
  }

  /** After which levels of the tree there are registers, level 0 being the terms: as many as `latency` counts besides the sum's. */
  protected registeredLevels(): ReadonlySet<number> {
    return evenLevels(this.params);
  }

  private term(i: number): Bounded {
    const { sliceBits } = this.params;
    const bits = selectionBits(this.params);
    const { negative, first, second } = unpackSelection(this.selections.bits((i + 1) * bits - 1, i * bits), this.params);
    const slice = this.slices.bits((i + 1) * sliceBits - 1, i * sliceBits).xor(negative.repeat(sliceBits));
    const largest = (selection: Bits): bigint => ((1n << BigInt(sliceBits)) - 1n) << BigInt(selection.width - 1);
    const one = chosenShift(slice, first);
    if (second === null) return { value: one, max: largest(first) };
    return { value: one.add(chosenShift(slice, second)), max: largest(first) + largest(second) };
  }

  private held({ value, max }: Bounded): Bounded {
    const register = this.reg(value.type, { reset: "none" });
    register.set(value);
    return { value: register, max };
  }
}

/** The slice shifted to where `selection` has its one; 0 where it has none. An AND and an OR a bit: no barrel shifter. */
function chosenShift(slice: Bits, selection: Bits): UInt {
  const { width } = slice;
  const total = width + selection.width - 1;
  const placed = Array.from({ length: selection.width }, (_, e) => {
    const gated = slice.and(selection.bit(e).repeat(width));
    const low = e === 0 ? gated : concat(gated, literal(Bits(e), 0n));
    return low.asUInt().zext(total);
  });
  return placed.reduce((a, b) => a.or(b));
}

/**
 * Levels that cut the way from the slices to the sum into pieces as equal as may be; its steps are the shift, an addition
 * for each level of the tree, and that of the base. Behind the terms is the worst place to cut where there is a choice:
 * all additions are on one side, and 64 terms have six times the bits of the 8 sums in the middle of the tree.
 * @throws UserError when there are not as many levels.
 */
export function evenLevels({ features, treeRegisters }: Pick<MrsaColumnParameters, "features" | "treeRegisters">): ReadonlySet<number> {
  const levels = treeLevels(features);
  if (!Number.isInteger(treeRegisters) || treeRegisters < 0 || treeRegisters > Math.max(0, levels - 1)) {
    throw new UserError(`MRSA: treeRegisters is ${treeRegisters}`, `Choose an integer from 0 to ${Math.max(0, levels - 1)}: ${features} features have ${levels} levels.`);
  }
  const pieces = treeRegisters + 2;
  return new Set(Array.from({ length: treeRegisters + 1 }, (_, i) => Math.round(((i + 1) * (levels + 2)) / pieces) - 1));
}
