/** The accelerator with a host for its bus, so that everything that goes in and out is a stream. */

import { Bool, connect, drive, type Hardware, type Ports, UInt } from "lapa";
import { ackFields, AxiLiteMaster, readFields, replyFields, writeDataFields, writeFields } from "../lib/axi-lite-master";
import { axiLiteSlavePorts, passAxiLite } from "../lib/axi-lite-slave";
import { LibraryModule } from "../lib/library-module";
import { turnBits } from "../lib/turns";
import { BeatSink, grantFields } from "./beat-sink";
import { type axisFields, beatFields, BeatSource, sentFields } from "./beat-source";
import { addressBits, type RegisterMapParameters } from "./register-map";
import { Top } from "./top";

export type TopBenchParameters = RegisterMapParameters & {
  /** The accelerator's module. */
  readonly topName: string;
};

type Axis = Hardware<ReturnType<typeof axisFields> & { readonly tready: ReturnType<typeof Bool> }>;

/**
 * For simulation, where a test bench knows streams and nothing that reacts, and for hosts that are no processor: accesses to
 * registers come as words, each is answered, and tensors come and go as the beats of their packets. A word waits for its turn,
 * so that a host may also do what it should not: two accesses at once, a reset in the middle of a packet.
 */
export class TopBench extends LibraryModule<TopBenchParameters> {
  readonly writes = this.inputStream(writeFields(addressBits));
  readonly data = this.inputStream(writeDataFields);
  readonly reads = this.inputStream(readFields(addressBits));
  readonly keys = this.inputStream(sentFields(this.params));
  readonly values = this.inputStream(sentFields(this.params));
  readonly queries = this.inputStream(sentFields(this.params));
  readonly grants = this.inputStream(grantFields);
  readonly acks = this.outputStream(ackFields);
  readonly replies = this.outputStream(replyFields);
  readonly outputs = this.outputStream(beatFields(this.params));

  override get doc(): string {
    return `${this.params.topName} with a host for its registers and streams.`;
  }

  build(): void {
    const { topName, ...params } = this.params;
    const accelerator = this.instance(named(topName), params);
    const turn = this.reg(UInt(turnBits), { reset: 0n });
    const host = this.instance(AxiLiteMaster, { addressBits });
    host.turn.set(turn);
    passAxiLite(host.axil, accelerator.sAxil, axiLiteSlavePorts(addressBits));
    host.irq.set(accelerator.irq);
    connect(this.writes, host.writes);
    connect(this.data, host.data);
    connect(this.reads, host.reads);
    connect(host.acks, this.acks);
    connect(host.replies, this.replies);
    const sources = (["keys", "values", "queries"] as const).map((name) => {
      const source = this.instance(BeatSource, { beatBytes: params.beatBytes });
      connect(this[name], source.beats);
      source.turn.set(turn);
      passAxis({ keys: accelerator.sAxisKeys, values: accelerator.sAxisValues, queries: accelerator.sAxisQueries }[name], source.axis);
      return source.marked;
    });
    turn.set([host.acked, host.replied, ...sources, this.sink(accelerator, turn)]
      .reduce<UInt>((sum, event) => sum.addWrap(event.asBits().asUInt().zext(turnBits)), turn));
  }

  /** @returns that a beat of outputs counts as a turn. */
  private sink(accelerator: Ports<Top>, turn: UInt): Bool {
    const sink = this.instance(BeatSink, { beatBytes: this.params.beatBytes });
    connect(this.grants, sink.grants);
    sink.turn.set(turn);
    passAxis(sink.axis, accelerator.mAxisOutputs);
    connect(sink.beats, this.outputs);
    return sink.marked;
  }
}

function passAxis(to: Axis, { tready, ...beat }: Axis): void {
  const { tready: taken, ...taker } = to;
  drive(taker, beat);
  tready.set(taken);
}

/** The accelerator as a part of something, called what it is called by itself. */
function named(name: string): typeof Top {
  return class extends Top {
    override get moduleName(): string {
      return name;
    }
  };
}
