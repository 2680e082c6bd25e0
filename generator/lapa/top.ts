/** The accelerator behind a bus: registers on AXI4-Lite, tensors on AXI4-Stream. */

import { Bits, Bool, connect, drive, type Ports, when } from "lapa";
import { axiLiteSlavePorts, passAxiLite } from "../lib/axi-lite-slave";
import { LibraryModule } from "../lib/library-module";
import { any } from "../lib/sums";
import { Attention } from "./attention";
import { AxisOutput } from "./axis-output";
import { AxisVectors } from "./axis-vectors";
import { Control } from "./control";
import { addressBits, type RegisterMapParameters } from "./register-map";

const tensors = ["keys", "values", "queries"] as const;
type Tensor = (typeof tensors)[number];

/**
 * A head is programmed and started by registers; its keys, values and queries come as one packet each, its outputs leave as one.
 * A head may be started while another one is at work, and its keys and values come meanwhile. A soft reset lets heads come to
 * their end by themselves, with whatever is there for what has not come; a packet of outputs that has begun is sent to its end, others are
 * not sent. No head can be started until then.
 */
export class Top extends LibraryModule<RegisterMapParameters> {
  private readonly bus = axiLiteSlavePorts(addressBits);
  readonly sAxil = { ...this.input(this.bus.in), ...this.output(this.bus.out) };
  readonly sAxisKeys = this.slave();
  readonly sAxisValues = this.slave();
  readonly sAxisQueries = this.slave();
  readonly mAxisOutputs = { ...this.output(this.beat()), tready: this.input(Bool()) };
  /** A head is done, or something went wrong, and the interrupt is enabled. */
  readonly irq = this.output(Bool());

  override get doc(): string {
    const { headDim, maxKeys, peRows, beatBytes } = this.params;
    return `LAPA accelerator: heads of up to ${maxKeys} keys of ${headDim} features, ${peRows} queries at a time, ${beatBytes} bytes a beat.`;
  }

  private beat() {
    const { beatBytes } = this.params;
    return { tdata: Bits(8 * beatBytes), tkeep: Bits(beatBytes), tlast: Bool(), tvalid: Bool() };
  }

  private slave() {
    return { ...this.input(this.beat()), tready: this.output(Bool()) };
  }

  build(): void {
    const { beatBytes: _, ...attention } = this.params;
    const control = this.instance(Control, this.params);
    passAxiLite(this.sAxil, control.axil, this.bus);
    this.irq.set(control.irq);
    // `HeadCheck` lets no number through that is out of range.
    const core = this.instance(Attention, { ...attention, clampsKeys: false });
    connect(control.head, core.head);
    const flushing = this.reg(Bool(), { reset: 0n });
    const streams = tensors.map((name) => this.tensor(name, control, core, flushing));
    const output = this.outputs(control, core, flushing);
    when(core.busy.or(output.busy).not(), () => flushing.set(0n));
    when(control.clear, () => flushing.set(1n));
    control.busy.set(any([core.busy, output.busy, ...streams.map((s) => s.busy)]));
    control.outputDone.set(output.done);
    control.flushing.set(flushing);
    control.inputStalled.set(any(streams.map((s) => s.starved)));
    control.outputStalled.set(output.stalled);
    control.rowDone.set(output.rowDone);
    control.active.set(core.active);
    core.survived.forEach((survived, r) => drive(control.survived[r]!, survived));
  }

  /** One tensor's packet; anything in place of it where the head is to end without: of its outputs nothing is seen. */
  private tensor(name: Tensor, control: Ports<Control>, core: Ports<Attention>, flushing: Bool): Ports<AxisVectors> {
    const { operandBits, headDim, beatBytes } = this.params;
    const stream = this.instance(AxisVectors, { operandBits, headDim, beatBytes });
    const { tready, ...beat } = { keys: this.sAxisKeys, values: this.sAxisValues, queries: this.sAxisQueries }[name];
    drive({ tdata: stream.axis.tdata, tkeep: stream.axis.tkeep, tlast: stream.axis.tlast, tvalid: stream.axis.tvalid }, beat);
    tready.set(stream.axis.tready);
    stream.clear.set(control.clear);
    connect(control.packets[name], stream.packet);
    drive(control.faults[name], { tooShort: stream.tooShort, tooLong: stream.tooLong, hasHole: stream.hasHole });
    const { valid, ready, payload: { features } } = stream.vectors;
    core[name].valid.set(valid.or(flushing));
    ready.set(core[name].ready);
    core[name].payload.features.set(features);
    return stream;
  }

  /** The outputs' packet; a soft reset leaves what of it has been offered. */
  private outputs(control: Ports<Control>, core: Ports<Attention>, flushing: Bool): Ports<AxisOutput> {
    const { operandBits, headDim, beatBytes } = this.params;
    const output = this.instance(AxisOutput, { operandBits, headDim, beatBytes });
    output.words.valid.set(core.outputs.valid);
    // Of a packet that is not sent words are dropped.
    core.outputs.ready.set(output.words.ready.or(flushing.and(output.expects.not())));
    drive(output.words.payload, core.outputs.payload);
    connect(control.packets.outputs, output.packet);
    output.clear.set(control.clear);
    const { tready, ...beat } = output.axis;
    const { tready: taken, ...sent } = this.mAxisOutputs;
    drive(sent, beat);
    tready.set(taken);
    return output;
  }
}

