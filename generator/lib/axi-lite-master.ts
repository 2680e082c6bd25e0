import { Bits, Bool, drive, Enum, literal, mux, switchOn, UInt, when } from "lapa";
import { axiLiteSlavePorts, okay } from "./axi-lite-slave";
import { LibraryModule } from "./library-module";
import { isDue, turnBits } from "./turns";

/** What a word of `reads` asks for. */
const Op = Enum("Op", "read", "poll", "wait", "level");

const turn = { after: UInt(turnBits) };

/** What a word of `reads` is about. */
function question(addressBits: number) {
  return { op: Op, address: UInt(addressBits), data: Bits(32), mask: Bits(32) };
}

/** An address of a write. */
export function writeFields(addressBits: number) {
  return { address: UInt(addressBits), ...turn };
}

/** Data of a write; the data of a write may come before its address, and the other way round. */
export const writeDataFields = { data: Bits(32), strobes: Bits(4), ...turn };

export function readFields(addressBits: number) {
  return { ...question(addressBits), ...turn };
}

export const ackFields = { response: Bits(2) };
export const replyFields = { response: Bits(2), data: Bits(32) };

/**
 * AXI4-Lite master of 32 bits that words tell what to do, each when it is its turn (see `turns.ts`): so accesses follow each
 * other, or overlap, as the words have it. Every write is answered by a word of `acks`, everything else by one of `replies`:
 * - read: RRESP, and of RDATA the bits in `mask`.
 * - poll: reads until the bits in `mask` are `data`, then answers as a read does. An error ends it at once.
 * - wait: until `irq` is 1; answers OKAY and 0. - level: answers OKAY and what `irq` is now.
 *
 * The next address of a write is offered as soon as it may be, whether the write before is answered or not; so is the next
 * address of a read, but not behind a poll. Whoever does not take an answer keeps BREADY or RREADY low. No output depends on an
 * input of the bus within a cycle, and none of the valids waits for its ready.
 */
export class AxiLiteMaster extends LibraryModule<{ addressBits: number }> {
  private readonly ports = axiLiteSlavePorts(this.params.addressBits);
  readonly writes = this.inputStream(writeFields(this.params.addressBits));
  readonly data = this.inputStream(writeDataFields);
  readonly reads = this.inputStream(readFields(this.params.addressBits));
  readonly acks = this.outputStream(ackFields);
  readonly replies = this.outputStream(replyFields);
  readonly turn = this.input(UInt(turnBits));
  /** A write has been answered; something else has. */
  readonly acked = this.output(Bool());
  readonly replied = this.output(Bool());
  readonly axil = { ...this.output(this.ports.in), ...this.input(this.ports.out) };
  readonly irq = this.input(Bool());

  override get doc(): string {
    return "AXI4-Lite master that words tell what to do, each when it is its turn.";
  }

  build(): void {
    this.write();
    this.read();
  }

  private write(): void {
    const { awaddr, awvalid, awready, wdata, wstrb, wvalid, wready, bresp, bvalid, bready } = this.axil;
    const [addressDue, dataDue] = [isDue(this.turn, this.writes.payload.after), isDue(this.turn, this.data.payload.after)];
    awvalid.set(this.writes.valid.and(addressDue));
    awaddr.set(this.writes.payload.address);
    this.writes.ready.set(awready.and(addressDue));
    wvalid.set(this.data.valid.and(dataDue));
    wdata.set(this.data.payload.data);
    wstrb.set(this.data.payload.strobes);
    this.data.ready.set(wready.and(dataDue));

    const full = this.reg(Bool(), { reset: 0n });
    const taken = bvalid.and(full.not());
    const response = this.reg(Bits(2), { reset: "none", enable: taken });
    response.set(bresp);
    when(this.acks.ready, () => full.set(0n));
    when(taken, () => full.set(1n));
    bready.set(full.not());
    this.acked.set(taken);
    this.acks.valid.set(full);
    this.acks.payload.response.set(response);
  }

  private read(): void {
    const { araddr, arvalid, arready, rdata, rresp, rvalid, rready } = this.axil;
    const fields = question(this.params.addressBits);
    const { payload: { after, ...word }, valid } = this.reads;
    /** The word at hand: whether its address is on offer, or it listens to the interrupt. */
    const asks = this.reg(Bool(), { reset: 0n });
    const listens = this.reg(Bool(), { reset: 0n });
    const asked = this.reg(fields, { reset: "none" });
    /** The word whose answer has to come. */
    const awaits = this.reg(Bool(), { reset: 0n });
    const awaited = this.reg(fields, { reset: "none", enable: arready.and(asks) });
    drive(awaited, asked);
    const full = this.reg(Bool(), { reset: 0n });
    const reply = this.reg(replyFields, { reset: "none" });

    const answered = rvalid.and(full.not());
    const masked = rdata.and(awaited.mask);
    // Both errors, SLVERR and DECERR, have the upper bit.
    const isWanted = awaited.op.ne(Op.poll).or(rresp.bit(1)).or(masked.eq(awaited.data));
    const polls = awaits.and(awaited.op.eq(Op.poll)).or(asks.and(asked.op.eq(Op.poll)));
    const isHeard = listens.and(awaits.not()).and(full.not()).and(asked.op.eq(Op.level).or(this.irq));
    const takes = valid.and(isDue(this.turn, after)).and(asks.not()).and(listens.not()).and(polls.not());
    this.reads.ready.set(takes);

    when(this.replies.ready, () => full.set(0n));
    when(arready.and(asks), () => { asks.set(0n); awaits.set(1n); });
    when(answered, () => {
      // With the next address on offer it is the next answer that is waited for.
      when(arready.and(asks).not(), () => awaits.set(0n));
      when(isWanted, () => { full.set(1n); drive(reply, { response: rresp, data: masked }); })
        .otherwise(() => { asks.set(1n); drive(asked, awaited); });
    });
    when(isHeard, () => {
      listens.set(0n);
      full.set(1n);
      drive(reply, { response: literal(Bits(2), okay), data: mux(asked.op.eq(Op.level), this.irq.asBits().asUInt().zext(32).asBits(), literal(Bits(32), 0n)) });
    });
    when(takes, () => {
      drive(asked, word);
      switchOn(word.op).is(Op.read, () => asks.set(1n)).is(Op.poll, () => asks.set(1n)).otherwise(() => listens.set(1n));
    });

    arvalid.set(asks);
    araddr.set(asked.address);
    rready.set(full.not());
    this.replied.set(answered.and(isWanted).or(isHeard));
    this.replies.valid.set(full);
    drive(this.replies.payload, reply);
  }
}
