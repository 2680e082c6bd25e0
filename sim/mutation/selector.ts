/** A design whose fault is chosen when it runs: one build serves all of them. */

import { verilogModule } from "../../generator/emit/verilog";
import { verify } from "../../generator/ir/verify";
import type { Circuit, LogicModule, Module } from "../../generator/ir/types";
import type { Design } from "../engines/engine";
import type { Fault } from "./fault";
import { withFaults } from "./instrument";
import { literal, reference } from "./terms";

/** What chooses the fault: `+fault=N`, the N-th of the faults; none without it. */
export const faultArgument = (n: number): string => `+fault=${n}`;

/**
 * The circuit's ports and name, and in it the circuit with all of the faults. In the circuit that it returns none of them is
 * chosen; in its Verilog the argument of the simulation chooses one.
 */
export function selectableDesign(circuit: Circuit, faults: readonly Fault[]): Design {
  const { circuit: faulty, port, width } = withFaults(circuit, faults);
  const [selector, inner] = [freeModule(circuit, "fault_selector"), freeModule(circuit, "design_with_faults")];
  const top = faulty.modules.find((m): m is LogicModule => m.kind === "logic" && m.name === circuit.top)!;
  const base = { kind: "logic", doc: "", parameters: {}, loc: null, streams: [], latency: null } as const;
  const chosen = reference("number", { width, signed: false });
  const choice: LogicModule = {
    ...base, name: selector, clocked: false, resettable: false, signals: [], instances: [],
    ports: [{ name: "number", direction: "output", width, signed: false, source: "number", loc: null }],
    body: [{ kind: "assign", target: "number", lo: 0, value: literal(0n, chosen), loc: null }],
  };
  const around = wrapper(top, { port, width, selector, inner });
  const renamed: Module[] = faulty.modules.map((m) => (m.name === circuit.top ? { ...m, name: inner } : m));
  const whole: Circuit = { ...faulty, modules: [...renamed.slice(0, -1), choice, renamed.at(-1)!, around] };
  verify(whole, "the choice of a fault");
  return { circuit: whole, files: whole.modules.map((m) => ({ name: `${m.name}.v`, text: m === choice ? selectorText(selector, width) : verilogModule(m, whole) })) };
}

/** The top without its fault input, which the selector drives. */
function wrapper(top: LogicModule, { port, width, selector, inner }: { readonly port: string; readonly width: number; readonly selector: string; readonly inner: string }): LogicModule {
  const ports = top.ports.filter((p) => p.name !== port);
  const value = reference(port, { width, signed: false });
  return {
    ...top, ports, body: [],
    signals: [{ name: port, kind: "wire", width, signed: false, reset: null, source: port, loc: null }],
    instances: [
      { name: `u_${selector}`, module: selector, inputs: [], outputs: [{ port: "number", signal: port }], loc: null },
      {
        name: `u_${inner}`, module: inner, loc: null,
        inputs: [...ports.filter((p) => p.direction === "input").map((p) => ({ port: p.name, value: reference(p.name, p) })), { port, value }],
        outputs: ports.filter((p) => p.direction === "output").map((p) => ({ port: p.name, signal: p.name })),
      },
    ],
  };
}

function freeModule({ modules }: Circuit, name: string): string {
  const taken = new Set(modules.map((m) => m.name));
  let free = name;
  for (let n = 1; taken.has(free); n++) free = `${name}_${n}`;
  return free;
}

/** What no circuit of ours can say: a value from the command line of the simulation. */
function selectorText(name: string, width: number): string {
  return `module ${name} (\n  output reg [${width - 1}:0] number\n);\n\n  initial if (!$value$plusargs("fault=%d", number)) number = ${width}'d0;\n\nendmodule\n`;
}
