/** The keys of one round: what the round reads of them, and nothing else. */

import { Bits, Bool, concat, literal, log2Ceil, type Signal, UInt, Vec, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { any } from "../lib/sums";
import type { KeyBanks } from "./head-stages";
import { laneSources, sourceBitsOf } from "./speculation-format";

export type KeyBankParameters = {
  /** Of what is read of a key in one cycle. */
  readonly wordBits: number;
  /** Lanes of each round, up to this one. */
  readonly lanes: readonly number[];
  readonly groups: number;
  readonly groupBits: number;
  readonly folds: number;
  /** Whether lanes may have nothing to read: their memories then stand still. */
  readonly sparse: boolean;
  readonly blackBox: boolean;
};

/** Where a key's word is: `{source, group, fold}`, without what there is only one of. */
export function keyAddress(source: Signal | null, group: UInt, fold: UInt | null): UInt {
  const [first, ...rest] = [source, group, fold].filter((s): s is Signal => s !== null);
  return rest.length === 0 ? group : concat(first!, ...rest).asUInt();
}

/** Groups, and bits of a group's index, of a memory that has those of two heads where `keyBanks` is 2. */
export function bankedGroups({ groups, groupBits }: Pick<KeyBankParameters, "groups" | "groupBits">, keyBanks: KeyBanks): { readonly groups: number; readonly groupBits: number } {
  return keyBanks === 1 ? { groups, groupBits } : { groups: 2 ** groupBits + groups, groupBits: groupBits + 1 };
}

/** The index of a group in such a memory. @param bank null where there is one only. */
export function bankedGroup(bank: Bool | null, group: UInt): UInt {
  return bank === null ? group : concat(bank, group).asUInt();
}

/** A memory for each lane. A key is written whole into one lane's, a fold at a time; every lane reads for itself. */
export class KeyBank extends LibraryModule<KeyBankParameters> {
  private readonly sources = laneSources(this.params.lanes);
  private readonly lanes = this.sources.length;
  private readonly foldType = this.params.folds > 1 ? UInt(log2Ceil(this.params.folds)) : null;
  private readonly sourceBits = sourceBitsOf(this.sources);
  private readonly address = UInt(this.sourceBits + this.params.groupBits + (this.foldType?.width ?? 0));
  readonly write = this.input(Bool());
  /** One-hot: the key's lane in round 0. */
  readonly writeLane = this.input(Bits(this.params.lanes[0]!));
  readonly writeGroup = this.input(UInt(this.params.groupBits));
  readonly writeFold = this.foldType === null ? null : this.input(this.foldType);
  readonly writeWord = this.input(Bits(this.params.wordBits));
  readonly read = this.input(Bool());
  /** Which lanes have something to read. */
  readonly live = this.params.sparse ? this.input(Vec(this.lanes, Bool())) : null;
  readonly readAddress = this.input(Vec(this.lanes, this.address));
  /** One cycle after `read`; it holds until the next one. */
  readonly word = this.output(Vec(this.lanes, Bits(this.params.wordBits)));

  override get doc(): string {
    return `What one round reads of the keys: ${this.lanes} memories of ${this.params.wordBits} bits.`;
  }

  build(): void {
    const { sources } = this;
    const { groups, groupBits, folds, blackBox } = this.params;
    const foldBits = this.foldType?.width ?? 0;
    const lastSource = Math.max(...sources.map((s) => s.length)) - 1;
    // A group's index has a bit even where there is one group only.
    const depth = (lastSource * 2 ** groupBits + Math.max(2, groups) - 1) * 2 ** foldBits + folds;
    for (const [k, of] of sources.entries()) {
      const words = this.memory(Bits(this.params.wordBits), { depth, blackBox });
      const selected = of.map((lane) => this.writeLane.bit(lane));
      const source = this.sourceBits === 0 ? null : this.indexOf(selected);
      const to = keyAddress(source, this.writeGroup, this.writeFold);
      when(this.write.and(any(selected)), () => words.write(to, this.writeWord));
      this.word[k]!.set(words.read(this.readAddress[k]!, this.live === null ? this.read : this.read.and(this.live[k]!)));
    }
  }

  /** The index of the one bit that is set. */
  private indexOf(selected: readonly Bool[]): Bits {
    const bit = (b: number): Bool => {
      const odd = selected.filter((_, i) => (i >> b) & 1);
      return odd.length === 0 ? literal(Bool(), 0n) : any(odd);
    };
    const [top, ...rest] = Array.from({ length: this.sourceBits }, (_, i) => bit(this.sourceBits - 1 - i));
    return rest.length === 0 ? top!.asBits() : concat(top!, ...rest);
  }
}
