/** Circuits for proofs: whatever would start from anything comes in, and so does what is too large to be looked at. */

import { memoryPorts } from "../../generator/ir/memory-ports";
import { verify } from "../../generator/ir/verify";
import type { Circuit, Expr, Instance, LogicModule, MemoryModule, Module, Port, Signal, Stmt } from "../../generator/ir/types";
import { printable } from "../../generator/passes/printable";
import { equals, joined, literal, part, reference, when } from "./terms";

/** The input that says: registers without a reset start now. */
export const wake = "wake";

const isIn = (port: Port): boolean => port.direction === "input";

/** Ports of a proof, which go up to the top; all others are the module's own. */
const isAdded = (port: Port): boolean => port.name.startsWith("proof__");

/**
 * The circuit with more ports. Registers without a reset, and memories, take an input while `wake` is 1, so that two copies of
 * a design can wake up alike. A module of `hidden` has inputs for its outputs and shows its inputs: two copies whose hidden
 * modules are given the same, and that are answered the same, do the same.
 */
export function exposed(circuit: Circuit, hidden: ReadonlySet<string>): Circuit {
  const done = new Map<string, LogicModule>();
  for (const module of circuit.modules) {
    done.set(module.name, hidden.has(module.name) ? hole(module) : withStarts(module.kind === "memory" ? asRegisters(module) : module, done));
  }
  const whole = { ...circuit, modules: [...done.values()] as Module[] };
  verify(whole, "ports for a proof");
  return printable(whole);
}

function added(name: string, direction: Port["direction"], { width, signed }: Pick<Signal, "width" | "signed">): Port {
  const port = `proof__${name.replace(/^proof__/, "")}`;
  return { name: port, direction, width, signed, source: port, loc: null };
}

const whole = (target: string, value: Expr): Stmt => ({ kind: "assign", target, lo: 0, value, loc: null });

/** Outputs are what comes in; inputs are shown. What a memory is not asked for does not count. */
function hole(module: Module): LogicModule {
  const ports = module.kind === "memory" ? memoryPorts(module) : module.ports;
  const [inputs, outputs] = [ports.filter(isIn), ports.filter((p) => !isIn(p))];
  const shown = inputs.map((p) => ({ port: added(p.name, "output", p), value: module.kind === "memory" ? whenAsked(module, p) : reference(p.name, p) }));
  const free = outputs.map((p) => ({ port: added(p.name, "input", p), of: p }));
  return {
    ...module, kind: "logic", clocked: false, resettable: false, streams: [], latency: null, signals: [], instances: [],
    ports: [...inputs, ...free.map((f) => f.port), ...outputs, ...shown.map((s) => s.port)],
    body: [...shown.map((s) => whole(s.port.name, s.value)), ...free.map((f) => whole(f.of.name, reference(f.port.name, f.of)))],
  };
}

function whenAsked(memory: MemoryModule, port: Port): Expr {
  const own = reference(port.name, port);
  const enables = reference("wr_en", { width: memory.width / memory.laneWidth, signed: false });
  const writes: Expr = { kind: "unary", op: "redor", a: enables, width: 1, signed: false };
  if (port.name === "rd_addr") return when(reference("rd_en", { width: 1, signed: false }), own);
  if (port.name === "wr_addr") return when(writes, own);
  if (port.name !== "wr_data") return own;
  return joined(Array.from({ length: enables.width }, (_, lane) => when(part(enables, lane, 1), part(own, lane * memory.laneWidth, memory.laneWidth))));
}

function withStarts(module: LogicModule, below: ReadonlyMap<string, LogicModule>): LogicModule {
  const loose = module.signals.filter((s) => s.kind === "reg" && s.reset === null);
  const own = loose.map((s) => added(s.name, "input", s));
  const passed: Port[] = [];
  const instances = module.instances.map((i): Instance => {
    const ports = below.get(i.module)!.ports;
    const outer = (p: Port): Port => added(`${i.name}_${p.name}`, p.direction, p);
    const more = ports.filter(isAdded);
    passed.push(...more.map(outer));
    const wakes = ports.filter((p) => p.name === wake).map((p) => ({ port: wake, value: reference(wake, p) }));
    return {
      ...i, inputs: [...i.inputs, ...wakes, ...more.filter(isIn).map((p) => ({ port: p.name, value: reference(outer(p).name, p) }))],
      outputs: [...i.outputs, ...more.filter((p) => !isIn(p)).map((p) => ({ port: p.name, signal: outer(p).name }))],
    };
  });
  const now = { name: wake, direction: "input", width: 1, signed: false, source: wake, loc: null } as const;
  const wakes = own.length > 0 || instances.some((i) => i.inputs.some((c) => c.port === wake)) ? [now] : [];
  return {
    ...module, instances,
    ports: [...module.ports.filter(isIn), ...wakes, ...own, ...passed.filter(isIn), ...module.ports.filter((p) => !isIn(p)), ...passed.filter((p) => !isIn(p))],
    body: [...module.body, ...loose.map((s, i): Stmt => ({ kind: "if", cond: reference(wake, now), then: [whole(s.name, reference(own[i]!.name, s))], else: [], loc: null }))],
  };
}

/** A memory as registers, one a word. */
function asRegisters(memory: MemoryModule): LogicModule {
  const { width, depth, laneWidth } = memory;
  const ports = memoryPorts(memory);
  const port = (name: string): Expr => reference(name, ports.find((p) => p.name === name)!);
  const type = { width, signed: false };
  const register = (name: string): Signal => ({ name, kind: "reg", ...type, reset: null, source: name, loc: null });
  const words = Array.from({ length: depth }, (_, i) => `word_${i}`);
  const branch = (cond: Expr, then: readonly Stmt[]): Stmt => ({ kind: "if", cond, then, else: [], loc: null });
  const lanes = Array.from({ length: width / laneWidth }, (_, lane) => lane);
  const writes = words.map((word, i) => branch(equals(port("wr_addr"), literal(BigInt(i), port("wr_addr"))), lanes.map((lane) => branch(part(port("wr_en"), lane, 1), [
    { kind: "assign", target: word, lo: lane * laneWidth, value: part(port("wr_data"), lane * laneWidth, laneWidth), loc: null },
  ]))));
  const items = words.map((word) => reference(word, type));
  const read: Expr = depth === 1 ? items[0]! : { kind: "select", index: port("rd_addr"), items, ...type };
  return {
    kind: "logic", name: memory.name, doc: "", parameters: {}, loc: null, clocked: true, resettable: false, streams: [], latency: null, instances: [],
    ports, signals: [...words, "held"].map(register),
    body: [...writes, branch(port("rd_en"), [whole("held", read)]), whole("rd_data", reference("held", type))],
  };
}
