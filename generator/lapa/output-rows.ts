/** The outputs of a tile: they come a feature a cycle in every row, and leave row by row, a word a cycle. */

import { Bits, Bool, concat, literal, log2Ceil, mux, pack, SInt, select, UInt, Vec, when } from "lapa";
import { countUpDown } from "../lib/counting";
import { LibraryModule } from "../lib/library-module";
import { executionFormat, type ExecutionParameters, wordFeatures } from "./execution-format";

/** Two tiles fit: one comes while the other leaves. */
export class OutputRows extends LibraryModule<ExecutionParameters> {
  private readonly format = executionFormat(this.params);
  /** A tile's outputs begin to come: their bank is not free any more. */
  readonly begins = this.input(Bool());
  readonly valid = this.input(Vec(this.params.rows, Bool()));
  readonly quotient = this.input(Vec(this.params.rows, SInt(this.params.operandBits)));
  /** Rows of the tile that leaves next. */
  readonly rowCount = this.input(UInt(this.format.rowCountBits));
  /** The bank of the next tile is free. */
  readonly free = this.output(Bool());
  /** A tile has left, but for its last word, which waits at the output. */
  readonly tileDone = this.output(Bool());
  readonly outputs = this.outputStream({ features: Bits(wordFeatures * this.params.operandBits), last: Bool() });

  override get doc(): string {
    return `Gathers the outputs of ${this.params.rows} rows, and gives them out row by row.`;
  }

  build(): void {
    const { rows } = this.params;
    const { words, rowBits, wordBits } = this.format;
    /** Tiles that have begun to come and not left; that are there whole. */
    const begun = this.reg(UInt(2), { reset: 0n });
    const whole = this.reg(UInt(2), { reset: 0n });
    const row = this.reg(UInt(rowBits), { reset: 0n });
    const word = this.reg(UInt(wordBits), { reset: 0n });
    const bank = this.reg(Bool(), { reset: 0n });
    const fetched = this.reg(Bool(), { reset: 0n });
    const fetchedLast = this.reg(Bool(), { reset: "none" });
    const fetchedRow = this.reg(row.type, { reset: "none" });

    const fetches = whole.ne(0n).and(fetched.not().or(this.outputs.ready));
    const lastWord = word.eq(BigInt(words - 1));
    const lastRow = row.add(1n).ge(this.rowCount);
    const tileDone = fetches.and(lastWord).and(lastRow);
    when(this.outputs.ready, () => fetched.set(0n));
    when(fetches, () => {
      fetched.set(1n);
      fetchedLast.set(lastWord);
      fetchedRow.set(row);
      word.set(mux(lastWord, literal(word.type, 0n), word.addWrap(1n)));
      when(lastWord, () => row.set(mux(lastRow, literal(row.type, 0n), row.addWrap(1n))));
    });
    when(tileDone, () => bank.set(bank.not()));

    const stored = Array.from({ length: rows }, (_, r) => this.row(r, fetches, concat(bank, word).asUInt()));
    countUpDown(begun, this.begins, tileDone);
    countUpDown(whole, stored.at(-1)!.complete, tileDone);
    this.free.set(begun.ne(2n));
    this.tileDone.set(tileDone);
    this.outputs.valid.set(fetched);
    this.outputs.payload.features.set(this.padded(select(stored.map((s) => s.word), fetchedRow), fetchedLast));
    this.outputs.payload.last.set(fetchedLast);
  }

  /** A row's last word, zeros behind its last feature. */
  private padded(word: Bits, isLast: Bool): Bits {
    const { headDim, operandBits } = this.params;
    const used = (headDim - (this.format.words - 1) * wordFeatures) * operandBits;
    if (used === word.width) return word;
    return concat(word.bits(word.width - 1, used).and(isLast.not().repeat(word.width - used)), word.bits(used - 1, 0));
  }

  /** One row's outputs. Its features come in order, all of a tile's before the next one's. */
  private row(r: number, fetches: Bool, from: UInt): { readonly word: Bits; readonly complete: Bool } {
    const { headDim, operandBits, blackBoxMemories } = this.params;
    const { words, wordBits } = this.format;
    const lane = log2Ceil(wordFeatures);
    const feature = this.reg(UInt(lane + wordBits), { reset: 0n });
    const bank = this.reg(Bool(), { reset: 0n });
    const memory = this.memory(Bits(wordFeatures * operandBits), { depth: 2 ** wordBits + words, lanes: wordFeatures, blackBox: blackBoxMemories });
    const isLast = feature.eq(BigInt(headDim - 1));
    when(this.valid[r]!, () => {
      const to = concat(bank, feature.bits(lane + wordBits - 1, lane)).asUInt();
      const lanes = pack(Array.from({ length: wordFeatures }, (_, i) => feature.bits(lane - 1, 0).eq(BigInt(i))));
      memory.write(to, this.quotient[r]!.asBits().repeat(wordFeatures), lanes);
      feature.set(mux(isLast, literal(feature.type, 0n), feature.addWrap(1n)));
      when(isLast, () => bank.set(bank.not()));
    });
    return { word: memory.read(from, fetches), complete: this.valid[r]!.and(isLast) };
  }
}
