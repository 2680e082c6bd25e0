/** All of the accelerator that neither computes nor streams: registers, a head's start and end, errors, counters, interrupt. */

import { Bool, connect, drive, type Ports, UInt, when } from "lapa";
import { axiLiteSlavePorts, passAxiLite } from "../lib/axi-lite-slave";
import { countUpDown } from "../lib/counting";
import { LibraryModule } from "../lib/library-module";
import { attentionFields } from "./attention";
import { Counters } from "./counters";
import { ErrorLatch, streamFaults } from "./error-latch";
import { HeadStart, packetRows } from "./head-start";
import { addressBits, type RegisterMapParameters } from "./register-map";
import { Registers } from "./registers";
import { speculationFormat } from "./speculation-format";

/** A head is in flight from its start until the last beat of its outputs has left; then `done` is set. There are two at most. */
export class Control extends LibraryModule<RegisterMapParameters> {
  private readonly unit = speculationFormat(this.params);
  private readonly bus = axiLiteSlavePorts(addressBits);
  readonly axil = { ...this.input(this.bus.in), ...this.output(this.bus.out) };
  readonly irq = this.output(Bool());
  /** For the core: a head's registers. For each stream: the rows of its next packet. */
  readonly head = this.outputStream(attentionFields(this.params));
  readonly packets = {
    keys: this.outputStream(packetRows), values: this.outputStream(packetRows),
    queries: this.outputStream(packetRows), outputs: this.outputStream(packetRows),
  };
  /** A soft reset: streams have to be idle in the next cycle, the core as soon as it can. */
  readonly clear = this.output(Bool());
  /** Core or streams are at work. */
  readonly busy = this.input(Bool());
  /** The last beat of a head's outputs leaves. */
  readonly outputDone = this.input(Bool());
  /** A soft reset has not come to its end. */
  readonly flushing = this.input(Bool());
  readonly faults = { keys: this.input(streamFaults), values: this.input(streamFaults), queries: this.input(streamFaults) };
  /** What is counted: see `Counters`. */
  readonly active = this.input(Bool());
  readonly inputStalled = this.input(Bool());
  readonly outputStalled = this.input(Bool());
  readonly rowDone = this.input(Bool());
  readonly survived = this.unit.rounds.map(() => this.input({ valid: Bool(), count: UInt(this.unit.countBits) }));

  override get doc(): string {
    return "Registers, start and end of a head, errors, counters, interrupt.";
  }

  build(): void {
    const registers = this.instance(Registers, this.params);
    const starter = this.instance(HeadStart, this.params);
    passAxiLite(this.axil, registers.axil, this.bus);
    this.clear.set(registers.pulse["soft_reset"]!);
    this.irq.set(registers.written["irq_enable"]!.asBool().and(registers.flag["done"]!.or(registers.flag["error"]!)));
    this.start(registers, starter);
    const inFlight = this.inFlight(registers, starter);
    registers.value["busy"]!.set(inFlight.or(this.busy).asBits().asUInt());
    registers.value["pending"]!.set(starter.waits.or(this.flushing).asBits().asUInt());
    this.errors(registers, starter);
    this.counters(registers, starter.started.and(inFlight.not()), inFlight);
  }

  private start(registers: Ports<Registers>, starter: Ports<HeadStart>): void {
    starter.start.set(registers.pulse["start"]!);
    starter.clear.set(this.clear);
    starter.flushing.set(this.flushing);
    for (const name of Object.keys(starter.written)) starter.written[name]!.set(registers.written[name]!);
    connect(starter.head, this.head);
    for (const name of Object.keys(this.packets) as (keyof typeof this.packets)[]) connect(starter.packets[name], this.packets[name]);
  }

  /** Counts heads: those in flight, and those that have ended. */
  private inFlight(registers: Ports<Registers>, starter: Ports<HeadStart>): Bool {
    const heads = this.reg(UInt(2), { reset: 0n });
    const ended = this.reg(UInt(32), { reset: 0n });
    countUpDown(heads, starter.started, this.outputDone);
    when(this.outputDone, () => ended.set(ended.addWrap(1n)));
    when(this.clear, () => heads.set(0n));
    registers.raise["done"]!.set(this.outputDone);
    registers.value["heads_done"]!.set(ended);
    return heads.ne(0n);
  }

  private errors(registers: Ports<Registers>, starter: Ports<HeadStart>): void {
    const latch = this.instance(ErrorLatch, {});
    latch.refused.set(starter.refused);
    latch.refusedCode.set(starter.code);
    for (const name of Object.keys(this.faults) as (keyof typeof this.faults)[]) drive(latch[name], this.faults[name]);
    latch.flag.set(registers.flag["error"]!);
    latch.cleared.set(registers.cleared["error"]!);
    registers.raise["error"]!.set(latch.raise);
    registers.value["error_code"]!.set(latch.code);
    const startCode = this.reg(starter.code.type, { reset: 0n });
    when(starter.started, () => startCode.set(0n));
    when(starter.refused, () => startCode.set(starter.code));
    registers.value["start_code"]!.set(startCode);
  }

  private counters(registers: Ports<Registers>, starts: Bool, inFlight: Bool): void {
    const counters = this.instance(Counters, this.params);
    counters.start.set(starts);
    counters.running.set(inFlight);
    counters.active.set(this.active);
    counters.inputStalled.set(this.inputStalled);
    counters.outputStalled.set(this.outputStalled);
    counters.rowDone.set(this.rowDone);
    this.survived.forEach((survived, r) => drive(counters.survived[r]!, survived));
    for (const name of Object.keys(counters.value)) registers.value[name]!.set(counters.value[name]!);
  }
}
