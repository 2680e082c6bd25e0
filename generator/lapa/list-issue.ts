/** A later round's keys: what the round before has left, a list for each lane. */

import { Bits, Bool, literal, log2Ceil, UInt, Vec, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { listOf } from "../lib/merge-tree";
import { every } from "../lib/sums";
import { FoldCounter } from "./fold-counter";

export type ListIssueParameters = {
  readonly lanes: number;
  /** Of a list's word. */
  readonly wordBits: number;
  readonly folds: number;
  readonly waits: Waits;
};

/** What a step may have to wait for, beside its keys: room for their scores, room for another row, or both. */
export type Waits = "space" | "rows" | "both";

/** For each row as many steps as its longest list has words, at least one; shorter lists leave their lanes still. */
export class ListIssue extends LibraryModule<ListIssueParameters> {
  readonly lists = Array.from({ length: this.params.lanes }, () => this.inputStream(listOf(this.params.wordBits)));
  /** A row. It is taken with its last step. */
  readonly rows = this.inputStream({});
  /** Another step, another row may be issued. */
  readonly space = this.params.waits === "rows" ? null : this.input(Bool());
  readonly vacant = this.params.waits === "space" ? null : this.input(Bool());
  /** Keys are read in this cycle; `issues` in a step's last cycle, `starts` in a row's first one. */
  readonly step = this.output(Bool());
  readonly starts = this.output(Bool());
  readonly issues = this.output(Bool());
  /** With `issues`: the first, the last of its row. */
  readonly first = this.output(Bool());
  readonly ends = this.output(Bool());
  readonly fold = this.params.folds > 1 ? this.output(UInt(log2Ceil(this.params.folds))) : null;
  readonly live = this.output(Vec(this.params.lanes, Bool()));
  readonly word = this.output(Vec(this.params.lanes, Bits(this.params.wordBits)));

  override get doc(): string {
    return `Reads a row's survivors, one of each of ${this.params.lanes} lists at a time.`;
  }

  build(): void {
    const first = this.reg(Bool(), { reset: 1n });
    /** The list's last word of this row has gone. */
    const done = this.reg(Vec(this.params.lanes, Bool()), { reset: 0n });
    const folding = this.params.folds > 1 ? this.instance(FoldCounter, { folds: this.params.folds }) : null;
    const isFirstFold = folding === null ? literal(Bool(), 1n) : folding.fold.eq(0n);

    const there = every(this.lists.map((list, k) => list.valid.or(done[k]!)));
    const ends = every(this.lists.map((list, k) => list.payload.last.or(done[k]!)));
    const beginsRow = first.and(isFirstFold);
    const step = every([there, this.rows.valid, ...room(this, beginsRow)]);
    const issues = folding === null ? step : step.and(folding.isLast);
    folding?.step.set(step);
    when(issues, () => {
      first.set(ends);
      this.lists.forEach((list, k) => done[k]!.set(ends.not().and(done[k]!.or(list.payload.last))));
    });
    this.rows.ready.set(issues.and(ends));
    this.lists.forEach((list, k) => {
      list.ready.set(issues.and(done[k]!.not()));
      this.live[k]!.set(done[k]!.not().and(list.payload.has));
      this.word[k]!.set(list.payload.word);
    });

    this.step.set(step);
    this.starts.set(step.and(beginsRow));
    this.issues.set(issues);
    this.first.set(first);
    this.ends.set(ends);
    this.fold?.set(folding!.fold);
  }
}

/** Conditions of a step: there is room for it, and for its row where it begins one. */
export function room({ space, vacant }: { readonly space: Bool | null; readonly vacant: Bool | null }, beginsRow: Bool): Bool[] {
  return [...(space === null ? [] : [space]), ...(vacant === null ? [] : [vacant.or(beginsRow.not())])];
}
