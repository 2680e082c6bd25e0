import { Bits, Bool, drive, Enum, literal, switchOn, UInt, when } from "lapa";
import { axiLiteSlavePorts, okay } from "./axi-lite-slave";
import { LibraryModule } from "./library-module";

const Op = Enum("Op", "write", "read", "poll", "wait");
const State = Enum("State", "idle", "write", "read", "wait", "reply");

/** What the master is told. Of a write the four lowest bits of `mask` are the strobes. */
export function commandFields(addressBits: number) {
  return { op: Op, address: UInt(addressBits), data: Bits(32), mask: Bits(32) };
}

export const replyFields = { response: Bits(2), data: Bits(32) };

/**
 * AXI4-Lite master of 32 bits that does one command after the other and gives a reply for each:
 * - write: address and data at the same time, in whatever order they are taken; replies BRESP and 0.
 * - read: replies RRESP, and of RDATA the bits in `mask`.
 * - poll: reads until the bits in `mask` are `data`, then replies as a read does. An error ends it at once.
 * - wait: until `irq` is 1; replies OKAY and 0.
 *
 * No output depends on an input within a cycle, and none of the valids waits for its ready.
 */
export class AxiLiteMaster extends LibraryModule<{ addressBits: number }> {
  private readonly ports = axiLiteSlavePorts(this.params.addressBits);
  readonly commands = this.inputStream(commandFields(this.params.addressBits));
  readonly replies = this.outputStream(replyFields);
  readonly axil = { ...this.output(this.ports.in), ...this.input(this.ports.out) };
  readonly irq = this.input(Bool());

  override get doc(): string {
    return "AXI4-Lite master that commands tell what to do, one at a time.";
  }

  build(): void {
    const state = this.reg(State, { reset: State.idle });
    const { op } = this.commands.payload;
    const takes = this.commands.fire();
    const command = this.reg(commandFields(this.params.addressBits), { reset: "none", enable: takes });
    drive(command, this.commands.payload);
    const { bvalid, bresp, rvalid, rresp, rdata } = this.axil;
    const masked = rdata.and(command.mask);
    // Both errors, SLVERR and DECERR, have the upper bit.
    const isWanted = command.op.ne(Op.poll).or(rresp.bit(1)).or(masked.eq(command.data));
    const reply = this.reg(replyFields, { reset: "none" });
    const answer = (response: Bits, data: Bits): void => {
      drive(reply, { response, data });
      state.set(State.reply);
    };
    const nothing = literal(Bits(32), 0n);
    switchOn(state)
      .is(State.idle, () => when(this.commands.valid, () => switchOn(op)
        .is(Op.write, () => state.set(State.write)).is(Op.wait, () => state.set(State.wait)).otherwise(() => state.set(State.read))))
      .is(State.write, () => when(bvalid, () => answer(bresp, nothing)))
      .is(State.read, () => when(rvalid.and(isWanted), () => answer(rresp, masked)))
      .is(State.wait, () => when(this.irq, () => answer(literal(Bits(2), okay), nothing)))
      .otherwise(() => when(this.replies.ready, () => state.set(State.idle)));
    this.commands.ready.set(state.eq(State.idle));
    this.replies.valid.set(state.eq(State.reply));
    drive(this.replies.payload, reply);

    const { awaddr, awvalid, awready, wdata, wstrb, wvalid, wready, bready, araddr, arvalid, arready, rready } = this.axil;
    const writes = takes.and(op.eq(Op.write));
    const pollsAgain = state.eq(State.read).and(rvalid).and(isWanted.not());
    const reads = takes.and(op.eq(Op.read).or(op.eq(Op.poll))).or(pollsAgain);
    const addressOffered = this.offered(writes, awready);
    const dataOffered = this.offered(writes, wready);
    const readOffered = this.offered(reads, arready);
    awvalid.set(addressOffered);
    wvalid.set(dataOffered);
    arvalid.set(readOffered);
    awaddr.set(command.address);
    araddr.set(command.address);
    wdata.set(command.data);
    wstrb.set(command.mask.bits(3, 0));
    bready.set(state.eq(State.write));
    rready.set(state.eq(State.read));
  }

  /** Valid of a channel: from the cycle after `starts` until it is taken. */
  private offered(starts: Bool, ready: Bool): Bool {
    const valid = this.reg(Bool(), { reset: 0n });
    when(ready, () => valid.set(0n));
    when(starts, () => valid.set(1n));
    return valid;
  }
}
