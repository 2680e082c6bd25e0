/** The accelerator with a host for its bus, so that everything that goes in and out is a stream. */

import { Bits, Bool, connect, type Ports, type Stream } from "lapa";
import { AxiLiteMaster, commandFields, replyFields } from "../lib/axi-lite-master";
import { axiLiteSlavePorts, passAxiLite } from "../lib/axi-lite-slave";
import { LibraryModule } from "../lib/library-module";
import { addressBits, type RegisterMapParameters } from "./register-map";
import { Top } from "./top";

export type TopBenchParameters = RegisterMapParameters & {
  /** The accelerator's module. */
  readonly topName: string;
};

/** A beat of AXI4-Stream. */
function beatFields({ beatBytes }: RegisterMapParameters) {
  return { data: Bits(8 * beatBytes), keep: Bits(beatBytes), last: Bool() };
}

/**
 * For simulation, where a test bench knows streams and nothing that reacts, and for hosts that are no processor: commands to
 * registers come as words, each is replied to, and tensors come and go as the beats of their packets.
 */
export class TopBench extends LibraryModule<TopBenchParameters> {
  readonly commands = this.inputStream(commandFields(addressBits));
  readonly keys = this.inputStream(beatFields(this.params));
  readonly values = this.inputStream(beatFields(this.params));
  readonly queries = this.inputStream(beatFields(this.params));
  readonly replies = this.outputStream(replyFields);
  readonly outputs = this.outputStream(beatFields(this.params));

  override get doc(): string {
    return `${this.params.topName} with a master for its registers.`;
  }

  build(): void {
    const { topName, ...params } = this.params;
    const accelerator = this.instance(named(topName), params);
    const host = this.instance(AxiLiteMaster, { addressBits });
    passAxiLite(host.axil, accelerator.sAxil, axiLiteSlavePorts(addressBits));
    host.irq.set(accelerator.irq);
    connect(this.commands, host.commands);
    connect(host.replies, this.replies);
    feed(this.keys, accelerator.sAxisKeys);
    feed(this.values, accelerator.sAxisValues);
    feed(this.queries, accelerator.sAxisQueries);
    const { tdata, tkeep, tlast, tvalid, tready } = accelerator.mAxisOutputs;
    this.outputs.valid.set(tvalid);
    tready.set(this.outputs.ready);
    this.outputs.payload.data.set(tdata);
    this.outputs.payload.keep.set(tkeep);
    this.outputs.payload.last.set(tlast);
  }
}

function feed({ valid, ready, payload: { data, keep, last } }: Stream<ReturnType<typeof beatFields>>, axis: Ports<Top>["sAxisKeys"]): void {
  axis.tvalid.set(valid);
  ready.set(axis.tready);
  axis.tdata.set(data);
  axis.tkeep.set(keep);
  axis.tlast.set(last);
}

/** The accelerator as a part of something, called what it is called by itself. */
function named(name: string): typeof Top {
  return class extends Top {
    override get moduleName(): string {
      return name;
    }
  };
}
