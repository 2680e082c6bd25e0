import { elaborate, runPasses } from "lapa";
import { Control } from "../../generator/lapa/control";
import { codeOf, streamCodes } from "../../generator/lapa/error-codes";
import { magic, registerMap } from "../../generator/lapa/register-map";
import { pageParameters } from "../../scripts/register-page";
import { Simulator } from "../../sim/engines/builtin";
import { lintVerilog } from "../../sim/lint";
import { AxiMaster } from "./axi-master";
import { build } from "./build";

const params = pageParameters();
const map = registerMap(params);
const { circuit, files } = build(Control, params);
const words = ["head", "packets_keys", "packets_values", "packets_queries", "packets_outputs"];

/** The control with a driver on one side; on the other, what a test pokes. */
class Bench {
  readonly sim = new Simulator(circuit);
  private readonly master = new AxiMaster(this.sim, [], () => 0);

  constructor() {
    this.sim.reset();
    for (const name of words) this.sim.poke(`${name}_ready`, 1n);
  }

  private address(name: string): number {
    return map.find((r) => r.name === name)!.address;
  }

  write(name: string, data: bigint): void {
    expect(this.master.write({ address: this.address(name), data, strobes: 15 })).toBe(0n);
  }

  read(name: string): bigint {
    const { response, data } = this.master.read(this.address(name));
    expect(response).toBe(0n);
    return data;
  }

  /** Registers of a sound head. */
  program(): void {
    for (const [name, value] of [["KEYS", 100n], ["ROWS", 7n], ["N_VALID", 90n], ["SCALE", 40000n], ["SHIFT", 20n]] as const) this.write(name, value);
  }

  status(): { readonly busy: bigint; readonly done: bigint; readonly error: bigint; readonly pending: bigint; readonly code: number } {
    const word = this.read("STATUS");
    return { busy: word & 1n, done: (word >> 1n) & 1n, error: (word >> 2n) & 1n, pending: (word >> 3n) & 1n, code: Number((word >> 8n) & 255n) };
  }

  /** One cycle with these inputs at 1. */
  event(...names: string[]): void {
    for (const name of names) this.sim.poke(name, 1n);
    this.sim.step();
    for (const name of names) this.sim.poke(name, 0n);
  }
}

const start = 1n;
const softReset = 2n;
const irqEnable = 4n;
const idle = { busy: 0n, done: 0n, error: 0n, pending: 0n, code: 0 };

test("a head from start to done, with interrupt and counters", () => {
  const bench = new Bench();
  expect(bench.read("MAGIC")).toBe(magic);
  expect(bench.status()).toEqual(idle);
  bench.program();
  bench.write("CONTROL", irqEnable | start);
  bench.sim.step();
  expect(bench.status()).toEqual({ ...idle, busy: 1n });
  bench.sim.poke("busy", 1n);
  for (let i = 0; i < 9; i++) bench.event("active", "input_stalled");
  bench.event("row_done", "survived_0_valid", "output_stalled");
  expect(bench.sim.peek("irq")).toBe(0n);
  bench.event("output_done");
  // The outputs have left, and something is still at work.
  bench.sim.step(5);
  expect(bench.status()).toEqual({ ...idle, busy: 1n, done: 1n });
  expect(bench.sim.peek("irq")).toBe(1n);
  bench.sim.poke("busy", 0n);
  expect(bench.status()).toEqual({ ...idle, done: 1n });
  expect(bench.read("HEADS_DONE")).toBe(1n);
  const counted = ["PE_ACTIVE_LO", "PE_ACTIVE_HI", "INPUT_STALLS", "OUTPUT_STALLS", "ROWS_DONE"].map((name) => bench.read(name));
  expect(counted).toEqual([9n, 0n, 9n, 1n, 1n]);
  const cycles = bench.read("CYCLES_LO");
  // Those of the events, and some of the bus.
  expect(cycles).toBeGreaterThan(11n);
  expect(bench.read("CYCLES_LO")).toBe(cycles);
  bench.write("STATUS", 2n);
  expect(bench.status()).toEqual(idle);
  expect(bench.sim.peek("irq")).toBe(0n);
  // The next one, of the keys that are loaded.
  bench.write("MODE", 0n);
  bench.write("CONTROL", start);
  bench.sim.step();
  expect(bench.status()).toEqual({ ...idle, busy: 1n });
  expect(bench.read("CYCLES_LO")).toBeLessThan(cycles);
});

test("what is written together with start counts for this start", () => {
  const bench = new Bench();
  bench.sim.poke("head_ready", 0n);
  bench.program();
  for (const dense of [1n, 0n]) {
    bench.write("CONTROL", softReset);
    bench.write("CONTROL", start | (dense << 3n));
    expect([bench.sim.peek("head_valid"), bench.sim.peek("head_dense")]).toEqual([1n, dense]);
  }
});

test("two heads in flight", () => {
  const bench = new Bench();
  bench.program();
  bench.write("CONTROL", start);
  bench.event("active");
  // All words of the first one have been taken, so that it may be followed; the second one's outputs wait for it.
  bench.sim.poke("packets_outputs_ready", 0n);
  expect(bench.status()).toEqual({ ...idle, busy: 1n });
  bench.write("CONTROL", start);
  expect(bench.status()).toEqual({ ...idle, busy: 1n, pending: 1n });
  bench.event("active", "output_done", "packets_outputs_ready");
  expect(bench.status()).toEqual({ ...idle, busy: 1n, done: 1n });
  bench.event("active", "output_done");
  expect(bench.status()).toEqual({ ...idle, done: 1n });
  // Heads that follow each other add up.
  expect([bench.read("HEADS_DONE"), bench.read("PE_ACTIVE_LO")]).toEqual([2n, 3n]);
  const cycles = bench.read("CYCLES_LO");
  expect(bench.read("CYCLES_LO")).toBe(cycles);
});

test("a head that is refused, and a start while one waits, set an error and nothing else", () => {
  const bench = new Bench();
  const startCode = (): number => Number((bench.read("STATUS") >> 16n) & 255n);
  bench.program();
  bench.write("SHIFT", 32n);
  bench.write("CONTROL", irqEnable | start);
  expect(bench.status()).toEqual({ ...idle, error: 1n, code: codeOf("shift") });
  expect(bench.sim.peek("irq")).toBe(1n);
  expect(words.map((name) => bench.sim.peek(`${name}_valid`))).toEqual(words.map(() => 0n));
  bench.write("STATUS", 4n);
  expect(bench.status()).toEqual(idle);
  // Behind the error of a packet the refusal of a start is seen as well, until there is another start.
  bench.event("faults_values_too_long");
  bench.write("CONTROL", start);
  expect([bench.status().code, startCode()]).toEqual([streamCodes.values + 1, codeOf("shift")]);
  bench.write("STATUS", 4n);
  bench.write("SHIFT", 31n);
  bench.sim.poke("packets_queries_ready", 0n);
  bench.write("CONTROL", start);
  bench.write("CONTROL", start);
  expect(bench.status()).toEqual({ busy: 1n, done: 0n, error: 1n, pending: 1n, code: codeOf("start_busy") });
  bench.event("packets_queries_ready");
  bench.event("output_done");
  expect(bench.status()).toEqual({ busy: 0n, done: 1n, error: 1n, pending: 0n, code: codeOf("start_busy") });
  expect(startCode()).toBe(codeOf("start_busy"));
  bench.write("CONTROL", start);
  expect(startCode()).toBe(0);
});

test("a fault of a stream is told, and the head ends", () => {
  for (const [stream, code] of Object.entries(streamCodes)) {
    const bench = new Bench();
    bench.program();
    bench.write("CONTROL", start);
    bench.event(`faults_${stream}_too_long`);
    bench.event(`faults_${stream}_has_hole`);
    expect(bench.status()).toEqual({ busy: 1n, done: 0n, error: 1n, pending: 0n, code: code + 1 });
    bench.event("output_done");
    expect(bench.status()).toEqual({ busy: 0n, done: 1n, error: 1n, pending: 0n, code: code + 1 });
  }
});

test("a soft reset ends a head at whatever point, and the next one runs", () => {
  for (const taken of [false, true]) {
    const bench = new Bench();
    for (const name of words) bench.sim.poke(`${name}_ready`, taken ? 1n : 0n);
    bench.program();
    bench.write("CONTROL", start);
    if (taken) bench.event("output_done", "busy");
    // With start or without, which it goes before.
    bench.write("CONTROL", softReset | (taken ? start : 0n));
    bench.sim.step();
    expect(words.map((name) => bench.sim.peek(`${name}_valid`))).toEqual(words.map(() => 0n));
    bench.write("STATUS", 2n);
    expect(bench.status()).toEqual(idle);
    bench.write("MODE", 0n);
    bench.write("CONTROL", start);
    expect(bench.status()).toEqual({ ...idle, error: 1n, code: codeOf("not_loaded") });
    bench.write("STATUS", 4n);
    bench.write("MODE", 4n);
    bench.write("CONTROL", start);
    expect(bench.sim.peek("head_valid")).toBe(1n);
    for (const name of words) bench.sim.poke(`${name}_ready`, 1n);
    bench.sim.step();
    bench.event("output_done");
    expect(bench.status()).toEqual({ ...idle, done: 1n });
  }
});

test("clear is 1 in the one cycle of a soft reset", () => {
  const bench = new Bench();
  let cycles = 0;
  const step = bench.sim.step.bind(bench.sim);
  bench.sim.step = (n = 1): void => {
    cycles += Number(bench.sim.peek("clear"));
    step(n);
  };
  bench.write("CONTROL", softReset | irqEnable);
  bench.read("CONTROL");
  expect(cycles).toBe(1);
  expect(bench.read("CONTROL")).toBe(irqEnable);
});

test("linters have nothing to say", async () => {
  expect(runPasses(elaborate(Control, params)).warnings).toEqual([]);
  expect((await lintVerilog(circuit.top, files)).filter((r) => !r.clean)).toEqual([]);
});
