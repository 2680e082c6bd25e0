/** A host of the accelerator in the built-in simulator, and the accelerator that most tests run. */

import { parseConfig } from "../../generator/lapa/config-schema";
import { registerMap, type RegisterMapParameters } from "../../generator/lapa/register-map";
import { Top } from "../../generator/lapa/top";
import type { AttentionConfig } from "../../generator/lapa/unit-config";
import { Simulator } from "../../sim/engines/builtin";
import type { AttentionHead } from "../../sim/vectors/attention-vectors";
import { advanceStall } from "../../sim/vectors/stalls";
import { AxiMaster } from "./axi-master";
import { build } from "./build";
import { OutputMonitor } from "./output-monitor";

/** What tests run where nothing else is said. */
export const params: RegisterMapParameters = {
  operandBits: 8, rounding: "floor" as "floor" | "nearest", terms: 1 as 1 | 2, window: 4 as number | null, logSide: "query" as "query" | "key", headDim: 9, maxKeys: 21,
  slices: [4, 4], keysPerCycle: [4, 2], featuresPerCycle: 9, blackBoxMemories: false, peRows: 3, beatBytes: 4,
};
export const small = unitOf(params);
export const { config } = small;
export const { circuit, files } = build(Top, params);

/** A top, and the attention unit in it. */
export function unitOf(of: RegisterMapParameters) {
  const { headDim: d, maxKeys, keysPerCycle, peRows, logSide, window } = of;
  const attention = parseConfig({ unit: "attention", headDim: d, maxKeys, keysPerCycle, peRows, logSide, window }, "test") as AttentionConfig;
  return { params: of, map: registerMap(of), config: attention };
}
/** Of CONTROL. */
export const bits = { start: 1n, softReset: 2n, irqEnable: 4n, dense: 8n };
export const tensors = ["keys", "values", "queries"] as const;

/** Bytes of a matrix, row by row. */
export const bytesOf = (matrix: Int16Array): number[] => Array.from(matrix, (x) => x & 255);

/** Sends packets, takes outputs and speaks to the registers. */
export class Host {
  readonly sim: Simulator;
  /** Bytes of packets to be sent, one after the other. */
  readonly packets: Record<(typeof tensors)[number], number[][]> = { keys: [], values: [], queries: [] };
  readonly outputs: number[] = [];
  readonly monitor: OutputMonitor;
  private readonly offered = new Set<string>();
  private readonly bus: AxiMaster;

  /** @param pauses a new random number for each cycle; bits set are pauses. */
  constructor(private readonly pauses: () => number, private readonly unit = small, of = circuit) {
    this.sim = new Simulator(of);
    this.sim.reset();
    this.monitor = new OutputMonitor(this.sim, unit.params.beatBytes);
    this.bus = new AxiMaster(this.sim, [], pauses, "s_axil_", () => this.clock());
  }

  /** One cycle of the streams. */
  private clock(): void {
    const { beatBytes } = this.unit.params;
    const pause = this.pauses();
    tensors.forEach((name, i) => {
      const packet = this.packets[name][0] ?? [];
      const beat = packet.slice(0, beatBytes);
      if (beat.length > 0 && ((pause >> i) & 3) !== 3) this.offered.add(name);
      const isOffered = this.offered.has(name);
      this.sim.poke(`s_axis_${name}_tvalid`, isOffered ? 1n : 0n);
      this.sim.poke(`s_axis_${name}_tdata`, beat.reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n));
      this.sim.poke(`s_axis_${name}_tkeep`, (1n << BigInt(beat.length)) - 1n);
      this.sim.poke(`s_axis_${name}_tlast`, packet.length <= beatBytes ? 1n : 0n);
    });
    this.sim.poke("m_axis_outputs_tready", ((pause >> 6) & 3) !== 3 ? 1n : 0n);
    for (const name of tensors) {
      if (!this.offered.has(name) || this.sim.peek(`s_axis_${name}_tready`) === 0n) continue;
      const [packet] = this.packets[name];
      packet!.splice(0, beatBytes);
      if (packet!.length === 0) this.packets[name].shift();
      this.offered.delete(name);
    }
    this.outputs.push(...this.monitor.observe());
    this.sim.step();
  }

  /** Packets of outputs that have been taken, but for those that a soft reset has cut. */
  get ends(): number {
    return this.monitor.whole;
  }

  private address(name: string): number {
    return this.unit.map.find((r) => r.name === name)!.address;
  }

  write(name: string, data: number | bigint): void {
    expect(this.bus.write({ address: this.address(name), data: BigInt.asUintN(32, BigInt(data)), strobes: 15 })).toBe(0n);
  }

  read(name: string): number {
    const { response, data } = this.bus.read(this.address(name));
    expect(response).toBe(0n);
    return Number(data);
  }

  program({ keys, queries, dim, loads, parameters: p, execution, dense }: AttentionHead): void {
    this.write("KEYS", keys.length / dim);
    this.write("ROWS", queries.length / dim);
    this.write("N_VALID", p.nValid);
    this.write("OFFSET", p.offset);
    this.write("MODE", (p.causal ? 1 : 0) | (p.mode === "blend" ? 2 : 0) | (loads ? 4 : 0));
    this.write("SCALE", execution.c);
    this.write("SHIFT", execution.s);
    for (let r = 0; r < 2; r++) {
      this.write(`RHO_${r}_LO`, p.mode === "radius" ? p.rounds[r]!.rho : 0);
      this.write(`GUARD_${r}`, p.mode === "radius" ? p.rounds[r]!.guard : 0);
      this.write(`WEIGHT_${r}`, p.mode === "blend" ? p.rounds[r]!.a : 0);
    }
    this.write("CONTROL", bits.start | bits.irqEnable | (dense ? bits.dense : 0n));
  }

  send({ keys, values, queries, loads }: AttentionHead): void {
    this.packets.queries.push(bytesOf(queries));
    if (loads) this.packets.keys.push(bytesOf(keys));
    if (loads) this.packets.values.push(bytesOf(values));
  }

  /** Runs until `done`, and clears it. @returns the error code. */
  finish(): number {
    for (let t = 0; this.sim.peek("irq") === 0n; t++) {
      if (t > 20_000) throw new Error(`the head hangs: STATUS is ${this.read("STATUS")}`);
      this.bus.step();
    }
    let status = this.read("STATUS");
    for (let polls = 0; (status & 2) === 0; polls++) {
      if (polls > 5000) throw new Error(`the head is never done: STATUS is ${status}`);
      status = this.read("STATUS");
    }
    this.write("STATUS", 6);
    return (status >> 8) & 255;
  }

  /** What a host does with a soft reset: its senders start anew. */
  restart(): void {
    for (const name of tensors) this.packets[name].length = 0;
    this.offered.clear();
  }

  idle(cycles: number): void {
    for (let t = 0; t < cycles; t++) this.bus.step();
  }
}

/** Random pauses. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => (state = advanceStall(state));
}
export const never = (): number => 0;
