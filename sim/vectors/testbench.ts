/** The emitted test bench: plain Verilog-2005 that reads the vectors' files and needs nothing else. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../generator/errors";
import { log2Ceil } from "../../generator/ir/bits";
import type { ResetKind } from "../../generator/ir/types";
import { checkVectors, checkVectorsFit, vectorPorts } from "./check";
import type { Stalls } from "./stalls";
import type { Top } from "./top";
import type { Channel, VectorSet } from "./vectors";

export interface TestbenchOptions {
  /** What the bench does unless plusargs say otherwise. */
  readonly stalls: Stalls;
  /**
   * How many words the bench has room for: as many as there are, which is then also what it runs; or the next power
   * of two, and some thousand at least, so that a compiled bench serves other vectors too, with their numbers given as `+count_<channel>=`;
   * then also for as many of each channel as `room` says.
   */
  readonly depth: "exact" | "rounded";
  readonly room?: readonly number[];
}

/** `room` for several sets of one shape: of each channel as many words as any of them has, and not fewer than `least`. */
export function roomFor(sets: readonly VectorSet[], least: readonly number[] = []): number[] {
  return sets[0]!.channels.map((_, i) => Math.max(least[i] ?? 0, ...sets.map((s) => s.channels[i]!.count)));
}

/** Of the address of the least room that a bench has for words of a channel that it does not know. */
const roundedBits = 13;

/** Everything the template prints about a channel: names, widths and numbers as text. */
function channelView(channel: Channel, number: number, vectors: VectorSet, options: TestbenchOptions) {
  const input = channel.direction === "input";
  // At least two words, so that an address always has a bit; where other vectors are to fit, room for most of them.
  const address = Math.max(options.depth === "rounded" ? roundedBits : 1, log2Ceil(Math.max(1, channel.count, options.room?.[number] ?? 0)));
  const depth = options.depth === "rounded" ? 2 ** address : Math.max(2, channel.count);
  const nets = channel.fields.map((f) => `dut_${f.port}`).reverse();
  let low = 0;
  return {
    name: channel.name,
    number,
    input,
    handshake: input ? "ready" : "valid",
    index: vectors.mode === "streams" ? `index_${channel.name}` : "index",
    range: range(channel.width),
    depth,
    count: options.depth === "rounded" ? depth : channel.count,
    address: `[${address - 1}:0]`,
    nets: nets.length === 1 ? nets[0] : `{${nets.join(", ")}}`,
    zero: `{${channel.width}{1'b0}}`,
    fields: channel.fields.map((f) => {
      const lo = low;
      low += f.width;
      const whole = f.width === channel.width;
      const slice = whole ? "" : f.width === 1 ? `[${lo}]` : `[${lo + f.width - 1}:${lo}]`;
      return { name: f.name, port: f.port, range: range(f.width), slice };
    }),
  };
}

function range(width: number): string {
  return width === 1 ? "" : `[${width - 1}:0] `;
}

export function resetPort(kind: ResetKind): "rst" | "rst_n" {
  return kind.endsWith("-low") ? "rst_n" : "rst";
}

function resetView(top: Top) {
  if (!top.resettable) return null;
  const port = resetPort(top.reset);
  return port === "rst_n" ? { port, active: "1'b0", inactive: "1'b1" } : { port, active: "1'b1", inactive: "1'b0" };
}

/** The instance's port list. An output that nobody reads goes to a wire whose name linters accept as unused. */
function connectionsView(top: Top, unused: Top["ports"]) {
  const reset = resetView(top);
  const nets = [
    ...(top.clocked ? [{ port: "clk", net: "clk" }] : []),
    ...(reset ? [{ port: reset.port, net: reset.port }] : []),
    ...top.ports.map((p) => ({ port: p.name, net: `${unused.includes(p) ? "unused" : "dut"}_${p.name}` })),
  ];
  return nets.map((n, i) => ({ ...n, comma: i === nets.length - 1 ? "" : "," }));
}

/** A constant's Verilog literal: sized, hexadecimal. */
function literal(value: bigint, width: number): string {
  return `${width}'h${BigInt.asUintN(width, value).toString(16)}`;
}

function benchView(vectors: VectorSet, top: Top, options: TestbenchOptions) {
  const streams = vectors.mode === "streams";
  const channels = vectors.channels.map((c, k) => channelView(c, k, vectors, options));
  const used = new Set(vectorPorts(vectors).map((p) => p.name));
  const unused = top.ports.filter((p) => !used.has(p.name));
  return {
    design: top.name,
    streams,
    stalls: literals(options.stalls),
    channels,
    reset: resetView(top),
    starting: streams || top.resettable,
    constants: vectors.constants.map((c) => ({ port: c.port, range: range(c.width), value: literal(c.value, c.width) })),
    unused: unused.map((p) => ({ port: p.name, range: range(p.width) })),
    connections: connectionsView(top, unused),
    moving: channels.map((c) => `moves_${c.name}`).join(" || "),
    progressing: channels.map((c) => `(moves_${c.name} && index_${c.name} < count_${c.name})`).join(" || "),
    complete: channels.map((c) => `index_${c.name} ${c.input ? "==" : ">="} count_${c.name}`).join(" && "),
    count: `count_${channels[0].name}`,
    cycles: streams ? "cycles" : "cycle",
    passed: streams ? "failures == 0 && !extra && complete" : "failures == 0",
  };
}

/** The seed is any number that `^` takes; its 32-bit pattern is what counts. */
function literals({ seed, input, output }: Stalls) {
  return { seed: `32'd${seed >>> 0}`, input: `32'd${input}`, output: `32'd${output}` };
}

let template: ((view: unknown) => string) | undefined;

/** Handlebars takes longer to load than most commands take altogether: it is loaded when it is needed. */
function loadTemplate(): (view: unknown) => string {
  const handlebars = require("handlebars") as typeof import("handlebars");
  const path = join(__dirname, "..", "..", "..", "templates", "testbench.v.hbs");
  return handlebars.compile(readFileSync(path, "utf8"), { noEscape: true, strict: true });
}

/**
 * The text of `tb.v`: module `tb`, for any Verilog-2005 simulator with `$readmemh` and the words of each channel in
 * `<channel>.hex`. What it does, cycle for cycle, is in protocol.ts; it is what every engine does.
 * @throws UserError when the vectors are unsound or do not fit the design, or a module of the design is called `tb` too.
 */
export function testbench(vectors: VectorSet, top: Top, options: TestbenchOptions): string {
  if (top.modules.includes("tb")) throw new UserError(`${top.name} has a module tb in it, and that is what the test bench is called`, "give the module another name");
  checkVectors(vectors);
  checkVectorsFit(vectors, top);
  template ??= loadTemplate();
  return template(benchView(vectors, top, options));
}
