/** A circuit that runs: poke inputs, step the clock, peek at anything. */

import type { Circuit, Port } from "../../../generator/ir/types";
import { fits, fromHex } from "../../../generator/ir/bits";
import { didYouMean } from "../../../generator/nearest";
import { advanceStall, stallSeed } from "../../vectors/stalls";
import type { InitialState } from "../engine";
import type { FlatDesign, LogicInstance, Net } from "./flatten";
import { flatten } from "./flatten";
import { canonical, limbCount, limbWidth, readPattern, writeValue } from "./limbs";
import { portsOf } from "./logic";
import { MemoryState } from "./memory";
import type { Program } from "./program";
import { buildProgram } from "./program";
import { schedule } from "./schedule";
import type { TextSink } from "./vcd";
import { VcdWriter, resetPort } from "./vcd";

/** A port of the top and where it lies in Simulator.words. */
export interface PlacedPort extends Net {
  readonly direction: Port["direction"];
}

/**
 * Simulates a circuit, cycle by cycle and exactly at any width.
 *
 * Registers and memories start from random values (see `initSeed`), so that state nobody resets shows.
 * A register without a reset value is clocked during reset as at any other time.
 *
 * @example
 * const sim = new Simulator(circuit);
 * sim.reset();
 * sim.poke("a", 3n);
 * sim.step();
 * sim.peek("u_pe_0.acc");
 */
export class Simulator {
  /** Limbs of every net. Whoever writes an input here keeps it canonical (limbs.ts) and calls settle(). */
  readonly words: Int32Array;
  /** The top's ports by name, without clock and reset. */
  readonly ports: ReadonlyMap<string, PlacedPort>;
  private readonly next: Int32Array;
  private readonly design: FlatDesign;
  private readonly program: Program;
  private readonly memories: readonly MemoryState[];
  /** Limbs of registers with a reset value. */
  private readonly resetValues: readonly { readonly at: number; readonly limb: number }[];
  private readonly resetsAtOnce: boolean;
  /** Name of the top's reset port, null when it has none. */
  private readonly resetName: string | null;
  private readonly found = new Map<string, Net>();
  private resetActive = false;
  private edges = 0;
  private dirty = true;
  private vcd: VcdWriter | null = null;

  /**
   * @param options.initSeed what state starts from; default 1
   * @throws Error naming the path of a combinational loop
   */
  constructor(readonly circuit: Circuit, options: { readonly initSeed?: InitialState } = {}) {
    this.design = flatten(circuit);
    const { top, logic, memories, nets, stateLimbs, limbs } = this.design;
    this.words = new Int32Array(limbs);
    const draw = initialWords(options.initSeed ?? 1);
    for (const net of nets) if (net.isState) this.fill(net, draw);
    this.memories = memories.map((m) => new MemoryState(m, draw));
    this.next = this.words.slice(0, stateLimbs);
    this.program = buildProgram(this.design, schedule(this.design), this.words, this.next);
    this.resetValues = logic.flatMap(resetLimbs);
    this.resetsAtOnce = circuit.reset.startsWith("async");
    const module = top.kind === "logic" ? top.logic.module : top.memory;
    this.resetName = module.kind === "logic" && module.resettable ? resetPort(circuit.reset) : null;
    this.ports = new Map(portsOf(module).map((p, i) => [p.name, { ...top.nets[i]!, direction: p.direction }]));
  }

  private fill(net: Net, draw: () => number): void {
    for (let i = 0; i < limbCount(net.width); i++) this.words[net.at + i] = canonical(draw(), limbWidth(net.width, i), net.signed);
  }

  /** Rising edges so far, those during reset included. */
  get cycle(): number {
    return this.edges;
  }

  /**
   * Drives an input; also `rst` or `rst_n`. It takes effect when the circuit settles next.
   * @throws Error when there is no such input; RangeError when the value does not fit the port.
   */
  poke(name: string, value: bigint): void {
    if (name === this.resetName) {
      if (value !== 0n && value !== 1n) throw new RangeError(`${name}: ${value} does not fit 1 unsigned bit`);
      return this.setReset((value === 1n) === (name === "rst"));
    }
    const port = this.ports.get(name);
    if (port === undefined) throw new Error(`${this.circuit.top} has no port "${name}"${didYouMean(name, this.ports.keys())}`);
    if (port.direction === "output") throw new Error(`"${name}" is an output of ${this.circuit.top}: it can be peeked at, not poked`);
    if (!fits(value, port.width, port.signed)) {
      throw new RangeError(`${name}: ${value} does not fit ${port.width} ${port.signed ? "signed" : "unsigned"} bits`);
    }
    writeValue(this.words, port.at, port, value);
    this.dirty = true;
  }

  /**
   * The bit pattern of a port, or of any signal below the top by its path (`u_array.u_pe_0.acc`), settled.
   * @throws Error when there is none of that name.
   */
  peek(name: string): bigint {
    const net = this.find(name);
    if (this.dirty) this.settle();
    return readPattern(this.words, net.at, net);
  }

  /** As peek, read as two's complement. */
  peekSigned(name: string): bigint {
    return BigInt.asIntN(this.find(name).width, this.peek(name));
  }

  /** Makes reset active or inactive, whatever its polarity. */
  setReset(active: boolean): void {
    this.resetActive = active;
    this.dirty = true;
  }

  /** Computes all combinational logic from inputs and state; an active asynchronous reset acts here. */
  settle(): void {
    if (this.resetsAtOnce && this.resetActive) this.applyReset();
    this.program.settle();
    this.dirty = false;
  }

  /** `n` rising edges; afterwards everything is settled. */
  step(n = 1): void {
    for (let i = 0; i < n; i++) {
      if (this.dirty) this.settle();
      this.edge();
    }
    this.settle();
  }

  /** Holds reset active for some rising edges. */
  reset(cycles = 1): void {
    this.setReset(true);
    this.step(cycles);
    this.setReset(false);
    this.settle();
  }

  /**
   * One rising edge of a settled circuit: registers and memories take their next state. Wires keep their old
   * values until settle(), so that inputs can change just after the edge at no further cost.
   */
  edge(): void {
    if (this.vcd !== null) this.dump(this.vcd);
    this.program.clock();
    for (const memory of this.memories) memory.clock(this.words, this.next);
    this.words.set(this.next);
    if (this.resetActive) this.applyReset();
    this.edges++;
    this.dirty = true;
  }

  /**
   * Writes a VCD from here on: edge k rises at time 2k, the clock falls at 2k + 1. What changes just after an edge,
   * inputs included, is shown at the edge; a circuit without a clock is shown as often, once a step.
   */
  traceVcd(sink: TextSink): void {
    if (this.vcd !== null) throw new Error("this simulation already writes a waveform");
    this.vcd = new VcdWriter(sink, this.circuit.top, this.circuit.reset, this.design, this.words);
  }

  /** Writes what is left of the waveform and ends it. */
  endTrace(): void {
    if (this.vcd === null) return;
    if (this.dirty) this.settle();
    this.dump(this.vcd);
    this.vcd.flush();
    this.vcd = null;
  }

  private dump(vcd: VcdWriter): void {
    const activeHigh = resetPort(this.circuit.reset) === "rst";
    vcd.sample(2 * this.edges, this.edges > 0, this.resetActive === activeHigh);
  }

  private applyReset(): void {
    for (const { at, limb } of this.resetValues) this.words[at] = this.next[at] = limb;
  }

  /** The net of that name, which is looked up once. */
  private find(name: string): Net {
    let net = this.found.get(name);
    if (net === undefined) this.found.set(name, (net = this.lookUp(name)));
    return net;
  }

  private lookUp(name: string): Net {
    const path = name.split(".");
    const signal = path.pop()!;
    let instance = this.design.top;
    for (const step of path) {
      const children = instance.kind === "logic" ? instance.children : new Map<string, never>();
      const child = children.get(step);
      if (child === undefined) throw new Error(`no instance "${step}" on the way to "${name}"${didYouMean(step, children.keys())}`);
      instance = child;
    }
    const names = (instance.kind === "logic" ? instance.logic.decls : portsOf(instance.memory)).map((d) => d.name);
    const net = instance.nets[names.indexOf(signal)];
    if (net === undefined) throw new Error(`no signal "${name}"${didYouMean(signal, names)}`);
    return net;
  }
}

/**
 * A simulation of `circuit`, for unit tests: poke inputs, step, peek.
 * @param options.initSeed what state starts from before reset; default 1
 * @throws Error naming the path of a combinational loop
 */
export function simulate(circuit: Circuit, options: { readonly initSeed?: InitialState } = {}): Simulator {
  return new Simulator(circuit, options);
}

/** Words of 32 bits, one after the other. */
function initialWords(initial: InitialState): () => number {
  if (initial === "zeros") return () => 0;
  if (initial === "ones") return () => -1;
  let random = stallSeed(initial, 0);
  return () => (random = advanceStall(random));
}

function resetLimbs({ logic: { module }, nets }: LogicInstance): { at: number; limb: number }[] {
  return module.signals.flatMap(({ reset }, i) => {
    if (reset === null) return [];
    const net = nets[module.ports.length + i]!;
    const limbs = new Int32Array(limbCount(net.width));
    writeValue(limbs, 0, net, fromHex(reset, net.width, false));
    return Array.from(limbs, (limb, k) => ({ at: net.at + k, limb }));
  });
}
