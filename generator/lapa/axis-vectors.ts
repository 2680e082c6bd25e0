/** From AXI4-Stream to rows of a tensor. */

import { Bits, Bool, concat, Enum, literal, log2Ceil, mux, type Ports, switchOn, UInt, when } from "lapa";
import { commonUnit, Gearbox } from "../lib/gearbox";
import { LibraryModule } from "../lib/library-module";
import { type AxisParameters, checkAxis } from "./axis-format";
import { rowBits } from "./speculation-format";

const State = Enum("State", "idle", "receive", "fill", "drain");

/**
 * A packet is a tensor, row after row and feature after feature without padding: a beat may end one row and begin the next.
 * How many rows it has is told before; until then no beat is taken. Only the last beat may have null bytes, at its top.
 * - Short: `tlast` comes too early. Zeros take the place of what is missing.
 * - Long: `tlast` comes too late. What is too much is taken and dropped.
 * - Hole: a null byte where none may be. It reads as zero.
 * Each is told in one cycle, and the right number of rows leaves in any case.
 */
export class AxisVectors extends LibraryModule<AxisParameters> {
  private readonly unit = commonUnit(this.params.beatBytes, this.params.headDim);
  private readonly beatUnits = this.params.beatBytes / this.unit;
  private readonly rowUnits = this.params.headDim / this.unit;
  readonly axis = {
    tdata: this.input(Bits(8 * this.params.beatBytes)), tkeep: this.input(Bits(this.params.beatBytes)), tlast: this.input(Bool()),
    tvalid: this.input(Bool()), tready: this.output(Bool()),
  };
  /** The next packet's rows; of none there is no packet. */
  readonly packet = this.inputStream({ rows: UInt(rowBits) });
  /** Forget the packet. Its sender has to start anew as well. */
  readonly clear = this.input(Bool());
  readonly vectors = this.outputStream({ features: Bits(this.params.headDim * this.params.operandBits) });
  readonly tooShort = this.output(Bool());
  readonly tooLong = this.output(Bool());
  readonly hasHole = this.output(Bool());
  /** A packet is expected or on its way; rows may wait at the output after it. */
  readonly busy = this.output(Bool());
  /** A beat is wanted, and none is there. */
  readonly starved = this.output(Bool());

  override get doc(): string {
    const { beatBytes, headDim } = this.params;
    return `Rows of ${headDim} features, a byte each, from beats of ${beatBytes} bytes.`;
  }

  build(): void {
    checkAxis(this.params);
    const { beatUnits, rowUnits } = this;
    const { tkeep, tlast, tvalid, tready } = this.axis;
    const box = this.instance(Gearbox, { unitBits: 8 * this.unit, inUnits: beatUnits, outUnits: rowUnits, ends: false });
    const state = this.reg(State, { reset: State.idle });
    /** Units of the packet that have not entered. */
    const left = this.reg(UInt(Math.max(rowBits + log2Ceil(rowUnits + 1), log2Ceil(beatUnits + 1))), { reset: 0n });
    const isFinal = left.le(BigInt(beatUnits));
    const receives = state.eq(State.receive);
    const fills = state.eq(State.fill);
    const countType = UInt(log2Ceil(beatUnits + 1));
    box.in.valid.set(receives.and(tvalid).or(fills));
    box.in.payload.data.set(this.data(receives));
    box.in.payload.count?.set(mux(isFinal, left.trunc(countType.width), literal(countType, BigInt(beatUnits))));
    box.clear.set(this.clear);
    tready.set(receives.and(box.in.ready).or(state.eq(State.drain)));

    const enters = box.in.fire();
    when(enters, () => left.set(mux(isFinal, literal(left.type, 0n), left.subWrap(BigInt(beatUnits)))));
    when(this.packet.fire(), () => left.set(resizedTo(left.width, this.packet.payload.rows.mul(literal(UInt(log2Ceil(rowUnits + 1)), BigInt(rowUnits))))));
    switchOn(state)
      .is(State.idle, () => when(this.packet.valid.and(this.packet.payload.rows.ne(0n)), () => state.set(State.receive)))
      .is(State.receive, () => when(enters, () => {
        when(isFinal, () => state.set(mux(tlast, State.idle, State.drain))).elsewhen(tlast, () => state.set(State.fill));
      }))
      .is(State.fill, () => when(enters.and(isFinal), () => state.set(State.idle)))
      .otherwise(() => when(tvalid.and(tlast), () => state.set(State.idle)));
    when(this.clear, () => state.set(State.idle));
    this.packet.ready.set(state.eq(State.idle));
    this.busy.set(state.ne(State.idle));
    this.starved.set(tready.and(tvalid.not()));
    this.check(receives.and(enters), isFinal, left, tkeep);
    this.leave(box);
  }

  /** The beat with zeros for null bytes; nothing but zeros while a short packet is filled up. */
  private data(receives: Bool): Bits {
    const { tdata, tkeep } = this.axis;
    return joined(this.params.beatBytes, (i) => tdata.bits(8 * i + 7, 8 * i).and(tkeep.bit(i).and(receives).repeat(8)));
  }

  private check(taken: Bool, isFinal: Bool, left: UInt, tkeep: Bits): void {
    const { tlast } = this.axis;
    const expected = joined(this.beatUnits, (i) => left.gt(BigInt(i)).repeat(this.unit)).asUInt();
    const keep = tkeep.asUInt();
    // Ones from bit 0 on: adding one carries through all of them.
    const isDense = keep.zext(keep.width + 1).and(keep.add(1n)).eq(0n);
    const isHole = mux(tlast, isDense.not(), tkeep.andR().not());
    this.hasHole.set(taken.and(isHole));
    this.tooShort.set(taken.and(tlast).and(isFinal.not().or(isHole.not().and(keep.lt(expected)))));
    this.tooLong.set(taken.and(isFinal).and(tlast.not().or(isHole.not().and(keep.gt(expected)))));
  }

  /** A row waits in a register: whoever takes it may need as many cycles as its beats do, in which those of the next one come. */
  private leave(box: Ports<Gearbox>): void {
    const { operandBits, headDim } = this.params;
    const full = this.reg(Bool(), { reset: 0n });
    const free = full.not().or(this.vectors.ready);
    const row = this.reg(this.vectors.payload.features.type, { reset: "none", enable: free });
    row.set(joined(headDim, (i) => box.out.payload.data.bits(8 * i + operandBits - 1, 8 * i)));
    when(free, () => full.set(box.out.valid));
    when(this.clear, () => full.set(0n));
    box.out.ready.set(free);
    this.vectors.valid.set(full);
    this.vectors.payload.features.set(row);
  }
}

function resizedTo(width: number, value: UInt): UInt {
  return value.width > width ? value.trunc(width) : value.zext(width);
}

/** Parts 0 .. n-1, the first in the lowest bits. */
export function joined(n: number, part: (i: number) => Bits): Bits {
  const [first, ...rest] = Array.from({ length: n }, (_, i) => part(n - 1 - i));
  return concat(first!, ...rest);
}
