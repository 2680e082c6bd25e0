/** The accelerator from bus to bus, in the built-in simulator: registers, packets, outputs, errors, counters. */

import { parseConfig } from "../../generator/lapa/config-schema";
import { codeOf, streamCodes } from "../../generator/lapa/error-codes";
import { registerMap, type RegisterMapParameters } from "../../generator/lapa/register-map";
import { Top } from "../../generator/lapa/top";
import type { AttentionConfig } from "../../generator/lapa/unit-config";
import { attentionParameters } from "../../generator/lapa/units";
import { AttentionWork } from "../../sim/cycles/attention-work";
import { topCycles } from "../../sim/cycles/top";
import { Simulator } from "../../sim/engines/builtin";
import { lintVerilog } from "../../sim/lint";
import { type AttentionHead, headRows } from "../../sim/vectors/attention-vectors";
import { advanceStall } from "../../sim/vectors/stalls";
import { headsFor } from "./attention-cases";
import { goldenHead } from "./attention-golden";
import { AxiMaster } from "./axi-master";
import { build } from "./build";

const params: RegisterMapParameters = {
  operandBits: 8, rounding: "floor" as "floor" | "nearest", terms: 1 as 1 | 2, window: 4 as number | null, logSide: "query" as "query" | "key", headDim: 9, maxKeys: 21,
  slices: [4, 4], keysPerCycle: [4, 2], featuresPerCycle: 9, blackBoxMemories: false, peRows: 3, beatBytes: 4,
};
const { headDim } = params;
const small = unitOf(params);
const { config } = small;
const { circuit, files } = build(Top, params);

/** A top, and the attention unit in it. */
function unitOf(of: RegisterMapParameters) {
  const { headDim: d, maxKeys, keysPerCycle, peRows, logSide, window } = of;
  const attention = parseConfig({ unit: "attention", headDim: d, maxKeys, keysPerCycle, peRows, logSide, window }, "test") as AttentionConfig;
  return { params: of, map: registerMap(of), config: attention };
}
const bits = { start: 1n, softReset: 2n, irqEnable: 4n, dense: 8n };
const tensors = ["keys", "values", "queries"] as const;

/** Bytes of a matrix, row by row. */
const bytesOf = (matrix: Int16Array): number[] => Array.from(matrix, (x) => x & 255);

class Host {
  readonly sim: Simulator;
  /** Bytes of packets to be sent, one after the other. */
  readonly packets: Record<(typeof tensors)[number], number[][]> = { keys: [], values: [], queries: [] };
  readonly outputs: number[] = [];
  /** Beats that ended a packet of outputs. */
  ends = 0;
  private readonly offered = new Set<string>();
  private readonly bus: AxiMaster;

  /** @param pauses a new random number for each cycle; bits set are pauses. */
  constructor(private readonly pauses: () => number, private readonly unit = small, of = circuit) {
    this.sim = new Simulator(of);
    this.sim.reset();
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
    const takes = ((pause >> 6) & 3) !== 3;
    this.sim.poke("m_axis_outputs_tready", takes ? 1n : 0n);
    for (const name of tensors) {
      if (!this.offered.has(name) || this.sim.peek(`s_axis_${name}_tready`) === 0n) continue;
      const [packet] = this.packets[name];
      packet!.splice(0, beatBytes);
      if (packet!.length === 0) this.packets[name].shift();
      this.offered.delete(name);
    }
    if (takes && this.sim.peek("m_axis_outputs_tvalid") === 1n) this.take();
    this.sim.step();
  }

  private take(): void {
    const { beatBytes } = this.unit.params;
    const [data, keep] = [this.sim.peek("m_axis_outputs_tdata"), this.sim.peek("m_axis_outputs_tkeep")];
    for (let i = 0n; i < BigInt(beatBytes); i++) if ((keep >> i) & 1n) this.outputs.push(Number(BigInt.asIntN(8, data >> (8n * i))));
    this.ends += Number(this.sim.peek("m_axis_outputs_tlast"));
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

  /** What a host does with a soft reset: its streams start anew. */
  restart(): void {
    for (const name of tensors) this.packets[name].length = 0;
    this.offered.clear();
  }

  idle(cycles: number): void {
    for (let t = 0; t < cycles; t++) this.bus.step();
  }
}

function noise(seed: number): () => number {
  let state = seed;
  return () => (state = advanceStall(state));
}
const never = (): number => 0;

describe("heads", () => {
  test.each([1, 2, 3, 4])("one after the other, of seed %d, with pauses on every bus", (seed) => {
    const host = new Host(seed === 1 ? never : noise(seed));
    for (const head of headsFor(config, seed)) {
      host.outputs.length = 0;
      host.send(head);
      host.program(head);
      expect(host.finish()).toBe(0);
      const { outputs, survivors } = goldenHead(config, head);
      expect(host.outputs).toEqual(outputs);
      expect([host.read("SURVIVORS_0"), host.read("SURVIVORS_1"), host.read("ROWS_DONE")]).toEqual([...survivors, head.queries.length / headDim]);
    }
    expect(host.ends).toBe(3);
  });
});

test.each([1, 2, 3])("heads of different sizes in flight, the next one started as soon as it can be, of seed %d", (seed) => {
  const host = new Host(seed === 1 ? never : noise(seed));
  const heads = [...headsFor(config, seed), ...headsFor(config, seed + 50)];
  heads.forEach((head) => host.send(head));
  heads.forEach((head, i) => {
    // What was started before ends by itself; of the others one is at work, and one may be started.
    for (let polls = 0; (host.read("STATUS") & 8) !== 0; polls++) if (polls > 5000) throw new Error("pending for ever");
    expect(i - host.read("HEADS_DONE")).toBeLessThanOrEqual(1);
    host.program(head);
  });
  for (let polls = 0; host.read("HEADS_DONE") < heads.length; polls++) if (polls > 5000) throw new Error("busy for ever");
  expect(host.outputs).toEqual(heads.flatMap((head) => goldenHead(config, head).outputs));
  expect([host.ends, host.read("STATUS")]).toEqual([heads.length, 2]);
});

test.each([1, 4, 8, 64])("a head takes as many cycles as the model has, with beats of %d bytes", (beatBytes) => {
  const variants = [{ headDim: 9, logSide: "query" as const, window: 4 }, { headDim: 16, logSide: "key" as const, window: null }];
  for (const variant of variants) {
    const unit = unitOf({ ...params, ...variant, featuresPerCycle: variant.headDim, beatBytes });
    const { circuit: of } = build(Top, unit.params);
    for (const head of [4, 5].flatMap((seed) => headsFor(unit.config, seed))) {
      const host = new Host(never, unit, of);
      const loading = { ...head, loads: true };
      host.send(loading);
      host.program(loading);
      expect(host.finish()).toBe(0);
      expect(host.read("CYCLES_LO")).toBe(modelled(loading, unit));
    }
  }
}, 120_000);

/** What CYCLES counts, by the cycle model. */
function modelled(head: AttentionHead, unit: typeof small): number {
  const { keys, dim, parameters, dense } = head;
  const attention = attentionParameters(unit.config);
  const work = new AttentionWork(attention, parameters);
  for (const row of headRows(head, unit.config)) work.add(row);
  return topCycles(attention, unit.params.beatBytes, work.head(keys.length / dim, dense ? "radius" : parameters.mode));
}

describe("mistakes", () => {
  const counters = ["CYCLES_LO", "PE_ACTIVE_LO", "INPUT_STALLS", "OUTPUT_STALLS", "ROWS_DONE", "SURVIVORS_0", "SURVIVORS_1"];
  const [head] = headsFor(config, 2);

  test("a start with too many keys, and one while another head waits", () => {
    const host = new Host(never);
    host.program({ ...head!, keys: new Int16Array((params.maxKeys + 1) * headDim) });
    host.idle(5);
    expect((host.read("STATUS") >> 8) & 255).toBe(codeOf("keys"));
    host.write("STATUS", 6);
    host.program(head!);
    host.idle(5);
    host.write("CONTROL", bits.start);
    expect((host.read("STATUS") >> 8) & 255).toBe(0);
    host.write("CONTROL", bits.start);
    expect((host.read("STATUS") >> 8) & 255).toBe(codeOf("start_busy"));
  });

  test.each([["short", -headDim - 2, 0], ["long", 3, 1]])("a packet that is too %s does not hang, and the next head is right", (_, more, fault) => {
    const host = new Host(noise(9));
    host.send(head!);
    const values = host.packets.values[0]!;
    if (more < 0) values.splice(more);
    else values.push(...Array<number>(more).fill(7));
    host.program(head!);
    expect(host.finish()).toBe(streamCodes.values + fault);
    host.outputs.length = 0;
    host.send(head!);
    host.program(head!);
    expect(host.finish()).toBe(0);
    expect(host.outputs).toEqual(goldenHead(config, head!).outputs);
  });

  /** What a host does after a soft reset; then comes the head, which has to be right. */
  function expectRecovery(host: Host): void {
    host.restart();
    const counted = counters.map((name) => host.read(name));
    for (let polls = 0; (host.read("STATUS") & 1) === 1; polls++) if (polls > 3000) throw new Error("busy for ever");
    expect(counters.map((name) => host.read(name))).toEqual(counted);
    host.write("STATUS", 6);
    host.outputs.length = 0;
    host.send(head!);
    host.program({ ...head!, loads: true });
    expect(host.finish()).toBe(0);
    expect(host.outputs).toEqual(goldenHead(config, head!).outputs);
  }

  test("a soft reset while all but a head's last word of outputs has left the core", () => {
    const stopped = 0xc0;
    let pause = stopped;
    const host = new Host(() => pause);
    const query = { ...head!, queries: head!.queries.slice(0, headDim) };
    host.send(query);
    host.program(query);
    host.idle(1000);
    host.write("CONTROL", bits.softReset);
    pause = never();
    expectRecovery(host);
  });

  test("a soft reset at any time, then a head", () => {
    const random = noise(31);
    for (let run = 0; run < 8; run++) {
      const host = new Host(run % 2 === 0 ? never : random);
      host.send(head!);
      host.program(head!);
      host.idle(random() % 400);
      // With another one behind it, or without.
      if (run > 3 && (host.read("STATUS") & 8) === 0) host.program(head!);
      if (run > 5) host.idle(random() % 400);
      host.write("CONTROL", bits.softReset);
      expectRecovery(host);
    }
  });
});

test("clean in all tools", async () => {
  for (const { tool, version, messages } of await lintVerilog(circuit.top, files)) expect([tool, version === null, messages]).toEqual([tool, false, ""]);
});
