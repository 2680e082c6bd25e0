/**
 * 3. A state machine: a serial transmitter (8N1).
 *
 * An enumeration's names reach the Verilog as constants. `switchOn` takes one branch by the state; a case that sets
 * nothing holds. The byte arrives by ready/valid: it moves in the cycle in which both are 1.
 */
import { Bits, Bool, concat, Enum, literal, log2Ceil, Module, switchOn, UInt, when } from "lapa";

const State = Enum("State", "idle", "start", "data", "stop");

export class SerialTransmitter extends Module<{ cyclesPerBit: number }> {
  static readonly defaults = { cyclesPerBit: 16 };

  readonly in = this.inputStream({ byte: Bits(8) });
  readonly line = this.output(Bool());

  override get doc(): string {
    return "Sends bytes on a serial line: a start bit, 8 data bits, the lowest first, a stop bit.";
  }

  build(): void {
    const { cyclesPerBit } = this.params;
    const state = this.reg(State, { reset: State.idle });
    const shift = this.reg(Bits(8), { reset: "none" });
    const sent = this.reg(UInt(3), { reset: 0n });
    const timer = this.reg(UInt(Math.max(1, log2Ceil(cyclesPerBit))), { reset: 0n });

    const idle = state.eq(State.idle);
    const bitEnds = timer.eq(BigInt(cyclesPerBit - 1));
    when(idle.or(bitEnds), () => timer.set(0n)).otherwise(() => timer.set(timer.addWrap(1n)));

    this.in.ready.set(idle);
    this.line.set(1n);
    switchOn(state)
      .is(State.idle, () => {
        when(this.in.valid, () => {
          shift.set(this.in.payload.byte);
          state.set(State.start);
        });
      })
      .is(State.start, () => {
        this.line.set(0n);
        when(bitEnds, () => state.set(State.data));
      })
      .is(State.data, () => {
        this.line.set(shift.bit(0));
        when(bitEnds, () => {
          shift.set(concat(literal(Bits(1), 0n), shift.bits(7, 1)));
          sent.set(sent.addWrap(1n));
          when(sent.andR(), () => state.set(State.stop));
        });
      })
      .is(State.stop, () => {
        when(bitEnds, () => state.set(State.idle));
      });
  }
}
