/** Round 0's keys: group after group of neighbouring ones, as many as the row sees. */

import { Bool, literal, log2Ceil, mux, UInt, Vec, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { every } from "../lib/sums";
import { FoldCounter } from "./fold-counter";
import { room, type Waits } from "./list-issue";

export type GroupIssueParameters = {
  readonly lanes: number;
  readonly countBits: number;
  readonly groupBits: number;
  readonly folds: number;
  readonly waits: Waits;
};

/** For each row ceil(alive / lanes) steps, at least one; a step takes as many cycles as there are folds. */
export class GroupIssue extends LibraryModule<GroupIssueParameters> {
  /** A row, and how many of its first keys are alive. It is taken with its last step. */
  readonly rows = this.inputStream({ alive: UInt(this.params.countBits) });
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
  readonly group = this.output(UInt(this.params.groupBits));
  readonly live = this.output(Vec(this.params.lanes, Bool()));

  override get doc(): string {
    return `Reads a row's keys, ${this.params.lanes} neighbouring ones at a time.`;
  }

  build(): void {
    const { lanes, countBits, folds } = this.params;
    const group = this.reg(this.group.type, { reset: 0n });
    const remaining = this.reg(UInt(countBits), { reset: "none" });
    const first = group.eq(0n);
    const left = mux(first, this.rows.payload.alive, remaining);
    const ends = lanes >= 2 ** countBits - 1 ? literal(Bool(), 1n) : left.le(BigInt(lanes));
    const folding = folds > 1 ? this.instance(FoldCounter, { folds }) : null;
    const isFirstFold = folding === null ? literal(Bool(), 1n) : folding.fold.eq(0n);

    const beginsRow = first.and(isFirstFold);
    const step = every([this.rows.valid, ...room(this, beginsRow)]);
    const issues = folding === null ? step : step.and(folding.isLast);
    folding?.step.set(step);
    when(issues, () => {
      group.set(mux(ends, literal(group.type, 0n), group.addWrap(1n)));
      remaining.set(left.subWrap(literal(remaining.type, BigInt(Math.min(lanes, 2 ** countBits - 1)))));
    });
    this.rows.ready.set(issues.and(ends));

    this.step.set(step);
    this.starts.set(step.and(beginsRow));
    this.issues.set(issues);
    this.first.set(first);
    this.ends.set(ends);
    this.fold?.set(folding!.fold);
    this.group.set(group);
    this.live.forEach((live, k) => live.set(left.gt(BigInt(k))));
  }
}
