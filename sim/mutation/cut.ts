/** A module without its state and its instances: what they give it comes in, what it gives them goes out. */

import type { Circuit, LogicModule, Port, Signal, Stmt } from "../../generator/ir/types";
import { replaceStmts } from "../../generator/ir/traverse";
import { reference } from "./terms";

/**
 * The module as one combinational function, for any state and any answers of its instances. Two modules with equal
 * functions and equal reset values do the same in every cycle.
 * @param name what it is called.
 * @returns a circuit of that module alone, printable as it is.
 */
export function cut(circuit: Circuit, module: LogicModule, name: string): Circuit {
  const registers = new Map(module.signals.filter((s) => s.kind === "reg").map((s) => [s.name, s]));
  const answers = new Set(module.instances.flatMap((i) => i.outputs.map((o) => o.signal)));
  const next = (register: string): string => `${register}__next`;
  const port = (direction: Port["direction"], { name: portName, width, signed }: Pick<Signal, "name" | "width" | "signed">): Port =>
    ({ name: portName, direction, width, signed, source: portName, loc: null });
  const asked = module.instances.flatMap((i) => i.inputs.map((c) => ({ name: `${i.name}__${c.port}`, width: c.value.width, signed: c.value.signed, value: c.value })));
  const assign = (target: string, value: Extract<Stmt, { kind: "assign" }>["value"]): Stmt => ({ kind: "assign", target, lo: 0, value, loc: null });
  const outer = module.ports.filter((p) => !answers.has(p.name));
  const driven = [...module.signals, ...module.ports].filter((s) => answers.has(s.name));
  const cutModule: LogicModule = {
    ...module, name, clocked: false, resettable: false, streams: [], instances: [], latency: null,
    ports: [
      ...outer.filter((p) => p.direction === "input"), ...[...registers.values(), ...driven].map((s) => port("input", s)),
      ...outer.filter((p) => p.direction === "output"), ...[...registers.values()].map((r) => port("output", { ...r, name: next(r.name) })), ...asked.map((a) => port("output", a)),
    ],
    signals: module.signals.filter((s) => s.kind === "wire" && !answers.has(s.name)),
    body: [
      ...[...registers.values()].map((r) => assign(next(r.name), reference(r.name, r))),
      ...replaceStmts(module.body, (e) => e, (s) => [registers.has(s.target) ? { ...s, target: next(s.target) } : s]),
      ...asked.map((a) => assign(a.name, a.value)),
    ],
  };
  return { ...circuit, top: name, modules: [cutModule] };
}
