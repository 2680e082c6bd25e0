/** Proofs by Yosys, and by ABC in it, that a fault changes nothing. */

import { resetPort } from "../../generator/emit/dialect";
import { verilogModule } from "../../generator/emit/verilog";
import { verify } from "../../generator/ir/verify";
import type { Circuit, LogicModule, Port } from "../../generator/ir/types";
import { runProcess } from "../engines/process";
import { withTemporary, writeBelow } from "../engines/temporary";
import { cut } from "./cut";
import { exposed, wake } from "./exposed";
import { type Fault, isResetFault } from "./fault";
import { modulesBelow } from "./faults";
import { withFault } from "./instrument";

/**
 * How it was proved: `function`: the module computes the same from every state. `reachable`: from reset on, whatever comes in,
 * the outputs of these modules are the same in every cycle, and what the module does goes through them.
 */
export type Proof = { readonly by: "function" } | { readonly by: "reachable"; readonly scopes: readonly string[] };

/** Bits of state beyond which a module is not looked into, unless the fault is in it. */
const largestHidden = 300;

/** Bits of state beyond which a proof only takes time. */
const largestState = 3000;

/**
 * A proof that a fault changes nothing, or null where none is found.
 * @param root the module around all others. @param seconds for each attempt.
 */
export async function prove(circuit: Circuit, root: string, fault: Fault, seconds: number): Promise<Proof | null> {
  const faulty = withFault(circuit, fault);
  if (!isResetFault(fault) && await isSameFunction(circuit, faulty, fault.module, seconds)) return { by: "function" };
  const scopes = await enclosing(circuit, root, fault.module, (scope) => isSameBehaviour(circuit, faulty, { scope, fault: fault.module }, seconds));
  return scopes === null ? null : { by: "reachable", scopes };
}

/**
 * Modules that hide what a module does, and around which nothing of it is seen: the module itself, or such modules around each
 * that instantiates it. Null where there are none.
 */
export async function enclosing(circuit: Circuit, root: string, module: string, hides: (scope: string) => Promise<boolean>): Promise<string[] | null> {
  if (await hides(module)) return [module];
  if (module === root) return null;
  const below = modulesBelow(circuit, root);
  const found = new Set<string>();
  for (const around of circuit.modules.filter((m) => m.kind === "logic" && below.has(m.name) && m.instances.some((i) => i.module === module))) {
    const scopes = await enclosing(circuit, root, around.name, hides);
    if (scopes === null) return null;
    scopes.forEach((s) => found.add(s));
  }
  return [...found];
}

/** Bits of what a module keeps, and those below it, but for some modules. */
function stateBits(circuit: Circuit, module: string, except: ReadonlySet<string> = new Set()): number {
  if (except.has(module)) return 0;
  const found = circuit.modules.find((m) => m.name === module)!;
  if (found.kind === "memory") return (found.depth + 1) * found.width;
  const own = found.signals.filter((s) => s.kind === "reg").reduce((sum, r) => sum + r.width, 0);
  return found.instances.reduce((sum, i) => sum + stateBits(circuit, i.module, except), own);
}

/** Kept apart from `opt_dff`, which takes a register that keeps its value for a constant: one that starts from anything is none. */
const tidy = ["opt_expr -full", "opt_merge", "opt_clean"];

const moduleOf = (circuit: Circuit, name: string): LogicModule => circuit.modules.find((m): m is LogicModule => m.kind === "logic" && m.name === name)!;

async function isSameFunction(circuit: Circuit, faulty: Circuit, module: string, seconds: number): Promise<boolean> {
  const text = (of: Circuit, name: string): string => {
    const alone = cut(of, moduleOf(of, module), name);
    verify(alone, "cutting a module");
    return verilogModule(alone.modules[0]!, alone);
  };
  const files = [{ name: "gold.v", text: text(circuit, "gold") }, { name: "gate.v", text: text(faulty, "gate") }];
  const script = ["read_verilog gold.v gate.v", "proc -norom", "miter -equiv -flatten gold gate miter", "opt -full miter", `sat -timeout ${seconds} -prove trigger 0 miter`];
  return withTemporary(async (folder) => {
    await writeBelow(folder, files);
    return /no model found: SUCCESS!/.test(await yosys(folder, script, seconds) ?? "");
  });
}

interface Scope {
  /** The module whose outputs are compared. */
  readonly scope: string;
  /** The one with the fault. */
  readonly fault: string;
}

async function isSameBehaviour(circuit: Circuit, faulty: Circuit, { scope, fault }: Scope, seconds: number): Promise<boolean> {
  const below = modulesBelow(circuit, scope);
  const hidden = new Set([...below].filter((name) => !isAround(circuit, name, fault) && stateBits(circuit, name) > largestHidden));
  if (stateBits(circuit, scope, hidden) > largestState) return false;
  const own = modulesBelow(circuit, scope, hidden);
  const copy = (of: Circuit): Circuit => exposed({ ...of, top: scope, modules: of.modules.filter((m) => own.has(m.name)) }, hidden);
  const concerned = new Set([...own].filter((name) => isAround(circuit, name, fault)));
  const [gold, gate] = [copy(circuit), renamed(copy(faulty), concerned)];
  // What is the same in both copies is there once: modules are simplified one by one, before they are put together.
  const modules = [...gold.modules, ...gate.modules.filter((m) => !own.has(m.name))];
  const text = [...modules.map((m) => verilogModule(m, { ...gold, modules })), bothText(topOf(gold), topOf(gate), circuit)].join("\n");
  const script = [
    "read_verilog both.v", "hierarchy -top both", "proc -norom", ...tidy, "async2sync", "setundef -undriven -zero", "techmap", "setundef -zero", "dffunmap", ...tidy, "aigmap",
    "flatten", "opt_clean", "write_aiger -zinit both.aig",
  ];
  return withTemporary(async (folder) => {
    await writeBelow(folder, [{ name: "both.v", text }]);
    if (await yosys(folder, script, seconds) === null) return false;
    return /Property proved/.test(await run("yosys-abc", ["-c", `read_aiger both.aig; strash; scorr; pdr -T ${seconds}`], folder, seconds) ?? "");
  });
}

/** The circuit with other names for some modules. */
function renamed(circuit: Circuit, modules: ReadonlySet<string>): Circuit {
  const nameOf = (name: string): string => (modules.has(name) ? `${name}__faulty` : name);
  return {
    ...circuit, top: nameOf(circuit.top),
    modules: circuit.modules.map((m) => (m.kind === "memory" ? m : { ...m, name: nameOf(m.name), instances: m.instances.map((i) => ({ ...i, module: nameOf(i.module) })) })),
  };
}

/** Whether a module is the other one, or around it. */
const isAround = (circuit: Circuit, name: string, inner: string): boolean => modulesBelow(circuit, name).has(inner);

const topOf = (circuit: Circuit): LogicModule => moduleOf(circuit, circuit.top);

/** Both copies side by side, in reset in the first cycle; `differ` is 1 when their outputs do after it. */
function bothText(gold: LogicModule, gate: LogicModule, circuit: Circuit): string {
  const range = ({ width }: Port): string => `[${width - 1}:0]`;
  const active = circuit.reset.endsWith("low") ? "!first" : "first";
  const inputs = new Map([...gold.ports, ...gate.ports].filter((p) => p.direction === "input" && p.name !== wake).map((p) => [p.name, p]));
  const outputs = gold.ports.filter((p) => p.direction === "output");
  const net = (name: string, port: Port): string => (port.direction === "output" ? `${name}_${port.name}` : port.name === wake ? "first" : `in_${port.name}`);
  const copy = (name: string, { name: module, clocked, resettable, ports }: LogicModule): string => {
    const nets = [...(clocked ? [".clk(clk)"] : []), ...(resettable ? [`.${resetPort(circuit)}(${active})`] : []), ...ports.map((p) => `.${p.name}(${net(name, p)})`)];
    return `  ${module} ${name} (${nets.join(", ")});`;
  };
  return [
    `module both (${["input clk", ...[...inputs.values()].map((p) => `input ${range(p)} in_${p.name}`), "output differ"].join(", ")});`,
    "  reg first = 1'b1;", "  always @(posedge clk) first <= 1'b0;",
    ...["gold", "gate"].flatMap((name) => outputs.map((p) => `  wire ${range(p)} ${name}_${p.name};`)), copy("gold", gold), copy("gate", gate),
    `  assign differ = !first && (${outputs.map((p) => `gold_${p.name} != gate_${p.name}`).join(" || ") || "1'b0"});`,
    "endmodule", "",
  ].join("\n");
}

/**
 * What Yosys prints in a folder; null where it takes much longer than a proof may.
 * @throws Error with its own words when it fails.
 */
async function yosys(folder: string, script: readonly string[], seconds: number): Promise<string | null> {
  await writeBelow(folder, [{ name: "prove.ys", text: `${script.join("\n")}\n` }]);
  return run("yosys", ["-Q", "-T", "prove.ys"], folder, seconds);
}

/** What a program prints; null where it takes much longer than a proof may: as long again, and some more for reading. */
async function run(program: string, args: readonly string[], folder: string, seconds: number): Promise<string | null> {
  const patience = AbortSignal.timeout(1000 * (2 * seconds + 20));
  try {
    const result = await runProcess(program, args, { cwd: folder, signal: patience });
    if (result.code !== 0) throw new Error(`${program} cannot look at a fault: ${/^.*ERROR: .*/m.exec(`${result.stdout}\n${result.stderr}`)?.[0] ?? `exit ${result.code}`}`);
    return result.stdout;
  } catch (error) {
    if (patience.aborted) return null;
    throw error;
  }
}
