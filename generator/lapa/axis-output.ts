/** From words of outputs to AXI4-Stream. */

import { Bits, Bool, Enum, log2Ceil, literal, mux, type Ports, UInt, when } from "lapa";
import { commonUnit, Gearbox } from "../lib/gearbox";
import { LibraryModule } from "../lib/library-module";
import { type AxisParameters, checkAxis } from "./axis-format";
import { wordFeatures } from "./execution-format";
import { joined } from "./axis-vectors";
import { rowBits } from "./speculation-format";

/** What has been offered of the packet: no beat; beats of the head; after `clear` the one that was on offer; after that zeros. */
const Offered = Enum("Offered", "nothing", "beats", "held", "zeros");

/**
 * The rows of a head as one packet, feature after feature without padding. Only the last beat has null bytes, at its top, and
 * these are zero. How many rows the packet has is told before; until then no word is taken. On a stream nothing that was begun
 * can be taken back: a packet of which a beat has been offered goes on to its end after `clear`, with zeros for what comes.
 */
export class AxisOutput extends LibraryModule<AxisParameters> {
  readonly words = this.inputStream({ features: Bits(wordFeatures * this.params.operandBits), last: Bool() });
  /** The next packet's rows; of none there is no packet. */
  readonly packet = this.inputStream({ rows: UInt(rowBits) });
  /** Forget a packet of which no beat has been offered; otherwise its words are still taken, but what is in them is not sent. */
  readonly clear = this.input(Bool());
  readonly axis = {
    tdata: this.output(Bits(8 * this.params.beatBytes)), tkeep: this.output(Bits(this.params.beatBytes)), tlast: this.output(Bool()),
    tvalid: this.output(Bool()), tready: this.input(Bool()),
  };
  /** Words of the packet have not come. */
  readonly expects = this.output(Bool());
  /** A packet is expected or on its way. */
  readonly busy = this.output(Bool());
  /** A row's last word is taken. */
  readonly rowDone = this.output(Bool());
  /** The last beat of a packet that was not cut by `clear` is taken. */
  readonly done = this.output(Bool());
  /** A beat is there, and is not taken. */
  readonly stalled = this.output(Bool());

  override get doc(): string {
    const { beatBytes, headDim } = this.params;
    return `Beats of ${beatBytes} bytes from rows of ${headDim} features, ${wordFeatures} a word.`;
  }

  build(): void {
    checkAxis(this.params);
    const { headDim, beatBytes } = this.params;
    // What a row's last word has.
    const rest = headDim - wordFeatures * (Math.ceil(headDim / wordFeatures) - 1);
    const unit = commonUnit(wordFeatures, rest, beatBytes);
    const box = this.instance(Gearbox, { unitBits: 8 * unit, inUnits: wordFeatures / unit, outUnits: beatBytes / unit, ends: true });
    const { isCut, isBlank, drops } = this.offered(box);
    const { features, last } = this.words.payload;
    const rows = this.reg(UInt(rowBits), { reset: 0n });
    const expects = rows.ne(0n);
    const count = (bytes: number): UInt => literal(UInt(log2Ceil(wordFeatures / unit + 1)), BigInt(bytes / unit));
    box.in.valid.set(this.words.valid.and(expects));
    this.words.ready.set(box.in.ready.and(expects));
    box.in.payload.data.set(joined(wordFeatures, (i) => this.byte(features, i)));
    box.in.payload.count?.set(rest === wordFeatures ? count(rest) : mux(last, count(rest), count(wordFeatures)));
    box.in.payload.last!.set(last.and(rows.eq(1n)));
    box.clear.set(drops);

    const rowDone = this.words.fire().and(last);
    when(rowDone, () => rows.set(rows.subWrap(1n)));
    when(this.packet.fire(), () => rows.set(this.packet.payload.rows));
    when(drops, () => rows.set(0n));
    const busy = expects.or(box.out.valid);
    this.packet.ready.set(busy.not());
    this.beat(box, unit, isBlank);
    this.expects.set(expects);
    this.busy.set(busy);
    this.rowDone.set(rowDone);
    this.done.set(box.out.fire().and(box.out.payload.last!).and(isCut.not()));
    this.stalled.set(box.out.valid.and(this.axis.tready.not()));
  }

  /** What `clear` does to the packet: whether it was cut, whether the beat that leaves is zeros, and when all of it is forgotten. */
  private offered(box: Ports<Gearbox>): { readonly isCut: Bool; readonly isBlank: Bool; readonly drops: Bool } {
    const offered = this.reg(Offered, { reset: Offered.nothing });
    const { valid, payload } = box.out;
    const isCut = offered.eq(Offered.held).or(offered.eq(Offered.zeros));
    const hasBegun = valid.or(offered.ne(Offered.nothing));
    const isHeld = valid.and(this.axis.tready.not());
    when(this.clear.and(hasBegun).and(isCut.not()), () => offered.set(mux(isHeld, Offered.held, Offered.zeros)))
      .elsewhen(valid.and(offered.eq(Offered.nothing)), () => offered.set(Offered.beats))
      .elsewhen(this.axis.tready.and(offered.eq(Offered.held)), () => offered.set(Offered.zeros));
    when(box.out.fire().and(payload.last!), () => offered.set(Offered.nothing));
    return { isCut, isBlank: offered.eq(Offered.zeros), drops: this.clear.and(hasBegun.not()) };
  }

  private beat(box: Ports<Gearbox>, unit: number, isBlank: Bool): void {
    const { data, count, last } = box.out.payload;
    const isKept = Array.from({ length: this.params.beatBytes / unit }, (_, i) => count!.gt(BigInt(i)));
    const isData = isKept.map((kept) => kept.and(isBlank.not()));
    this.axis.tvalid.set(box.out.valid);
    box.out.ready.set(this.axis.tready);
    this.axis.tkeep.set(joined(isKept.length, (i) => isKept[i]!.repeat(unit)));
    this.axis.tdata.set(joined(isData.length, (i) => data.bits(8 * unit * (i + 1) - 1, 8 * unit * i).and(isData[i]!.repeat(8 * unit))));
    this.axis.tlast.set(last!);
  }

  /** Feature i, with its sign in the upper bits. */
  private byte(features: Bits, i: number): Bits {
    const { operandBits } = this.params;
    return features.bits((i + 1) * operandBits - 1, i * operandBits).asSInt().sext(8).asBits();
  }
}
