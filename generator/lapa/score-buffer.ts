/** Where a row's scores wait until the row's threshold is known. */

import { Bits, Bool, pack, SInt, unpack, Vec, when } from "lapa";
import { Credits } from "../lib/credits";
import { LibraryModule } from "../lib/library-module";
import { following } from "../lib/ring";

export type ScoreBufferParameters = {
  readonly lanes: number;
  readonly scoreBits: number;
  /** Of what says which key a score is of, beside the lane; 0 for nothing. */
  readonly tagBits: number;
  /** Words: each has a score a lane. */
  readonly depth: number;
  /** Whether words may have to wait until there is space; otherwise whoever issues them knows that there is. */
  readonly limited: boolean;
  readonly blackBox: boolean;
};

/**
 * First in, first out, in two memories that share their addresses: which lanes have a key, and which, is known when a word
 * is issued, its scores come later. A word may be issued while `space` is 1; what is read is there one cycle later.
 */
export class ScoreBuffer extends LibraryModule<ScoreBufferParameters> {
  private readonly tagType = this.params.tagBits === 0 ? null : Vec(this.params.lanes, Bits(this.params.tagBits));
  private readonly liveType = Vec(this.params.lanes, Bool());
  private readonly scoreType = Vec(this.params.lanes, SInt(this.params.scoreBits));
  readonly issue = this.input(Bool());
  readonly live = this.input(this.liveType);
  readonly tags = this.tagType === null ? null : this.input(this.tagType);
  readonly scored = this.input(Bool());
  readonly scores = this.input(this.scoreType);
  readonly read = this.input(Bool());
  readonly space = this.params.limited ? this.output(Bool()) : null;
  readonly readLive = this.output(this.liveType);
  readonly readTags = this.tagType === null ? null : this.output(this.tagType);
  readonly readScores = this.output(this.scoreType);

  override get doc(): string {
    return `Up to ${this.params.depth} words of ${this.params.lanes} scores, first in, first out.`;
  }

  build(): void {
    const { depth, blackBox } = this.params;
    this.countSpace();
    const issued = this.tags === null ? pack(this.live) : pack([pack(this.live), pack(this.tags)]);
    const keys = this.memory(issued.type, { depth, blackBox });
    const scores = this.memory(Bits(this.params.lanes * this.params.scoreBits), { depth, blackBox });
    const issueAt = this.reg(keys.addressType, { reset: 0n });
    const scoreAt = this.reg(keys.addressType, { reset: 0n });
    const readAt = this.reg(keys.addressType, { reset: 0n });
    when(this.issue, () => {
      keys.write(issueAt, issued);
      issueAt.set(following(issueAt, depth));
    });
    when(this.scored, () => {
      scores.write(scoreAt, pack(this.scores));
      scoreAt.set(following(scoreAt, depth));
    });
    when(this.read, () => readAt.set(following(readAt, depth)));

    this.unpackKeys(keys.read(readAt, this.read));
    const readScores = unpack(this.scoreType, scores.read(readAt, this.read));
    readScores.forEach((score, k) => this.readScores[k]!.set(score));
  }

  private countSpace(): void {
    if (this.space === null) return;
    const credits = this.instance(Credits, { total: this.params.depth });
    credits.take.set(this.issue);
    credits.give.set(this.read);
    this.space.set(credits.some);
  }

  private unpackKeys(word: Bits): void {
    const { lanes } = this.params;
    this.readLive.forEach((live, k) => live.set(word.bit(k)));
    if (this.readTags === null) return;
    const tags = unpack(this.tagType!, word.bits(word.width - 1, lanes));
    tags.forEach((tag, k) => this.readTags![k]!.set(tag));
  }
}
