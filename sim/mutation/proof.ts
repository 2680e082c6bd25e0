/** Proofs by Yosys that a fault changes nothing. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { resetPort } from "../../generator/emit/dialect";
import { verilogModule } from "../../generator/emit/verilog";
import { verify } from "../../generator/ir/verify";
import type { Circuit, LogicModule, Port } from "../../generator/ir/types";
import { runProcess } from "../engines/process";
import { withTemporary, writeBelow } from "../engines/temporary";
import { cut } from "./cut";
import { type Fault, isResetFault } from "./fault";
import { modulesBelow } from "./faults";
import { withFault } from "./instrument";

/**
 * How it was proved: `function`: the module computes the same from every state; a module's name: from reset on, whatever comes
 * in, its outputs are the same in every cycle.
 */
export type Proof = { readonly by: "function" } | { readonly by: "induction"; readonly scope: string };

/** Steps of an induction, at most: longer ones seldom find more. */
const steps = 8;

/**
 * Without `opt_dff`: that takes a register which keeps its value for a constant, and a register that starts from anything and
 * keeps that is what a lost reset is.
 */
const tidy = ["opt_expr -full", "opt_merge", "opt_clean"];

/** Bits of state beyond which an induction only takes time. */
const largestState = 2000;

/**
 * A proof that a fault changes nothing, or null where none is found.
 * @param root the module around all others. @param seconds for each attempt.
 */
export async function prove(circuit: Circuit, root: string, fault: Fault, seconds: number): Promise<Proof | null> {
  const faulty = withFault(circuit, fault);
  if (!isResetFault(fault) && await isSameFunction(circuit, faulty, fault.module, seconds)) return { by: "function" };
  for (const scope of scopes(circuit, root, fault.module)) {
    if (await isSameBehaviour(circuit, faulty, scope, seconds)) return { by: "induction", scope };
  }
  return null;
}

/**
 * The module, and from the inside out those around it through which everything goes that it does; as far as their state is
 * small enough for a proof to have a chance.
 */
export function scopes(circuit: Circuit, root: string, module: string): string[] {
  const own = modulesBelow(circuit, root);
  const isAround = (name: string): boolean => name === root || name === module || !modulesBelow(circuit, root, name).has(module);
  const around = circuit.modules.filter((m) => own.has(m.name) && modulesBelow(circuit, m.name).has(module) && isAround(m.name));
  return around.map((m) => m.name).filter((name) => stateBits(circuit, name) <= largestState);
}

function stateBits(circuit: Circuit, module: string): number {
  const found = circuit.modules.find((m) => m.name === module)!;
  if (found.kind === "memory") return (found.depth + 1) * found.width;
  const own = found.signals.filter((s) => s.kind === "reg").reduce((sum, r) => sum + r.width, 0);
  return found.instances.reduce((sum, i) => sum + stateBits(circuit, i.module), own);
}

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
    return isProof(await yosys(folder, script, seconds));
  });
}

async function isSameBehaviour(circuit: Circuit, faulty: Circuit, scope: string, seconds: number): Promise<boolean> {
  const below = modulesBelow(circuit, scope);
  const text = (of: Circuit): string => of.modules.filter((m) => below.has(m.name)).map((m) => verilogModule(m, of)).join("\n");
  const flat = (name: string): string[] => [
    `read_verilog ${name}.v`, `hierarchy -top ${scope}`, "proc -norom", "flatten", "async2sync", ...tidy, "memory_collect", "memory_map", ...tidy, `rename ${scope} ${name}`, `design -stash ${name}`,
  ];
  const files = [
    { name: "gold.v", text: text(circuit) }, { name: "gate.v", text: text(faulty) }, { name: "both.v", text: bothText(circuit, moduleOf(circuit, scope)) },
  ];
  return withTemporary(async (folder) => {
    await writeBelow(folder, files);
    const prepared = await yosys(folder, [
      ...flat("gold"), ...flat("gate"), "design -copy-from gold -as gold gold", "design -copy-from gate -as gate gate",
      "read_verilog both.v", "hierarchy -top both", "proc", "flatten", ...tidy, "write_rtlil both.il", "select -write wires.txt w:*",
    ], seconds);
    if (prepared === null) return false;
    // What is one in both copies has lost its name in one of them.
    const named = new Set((await readFile(join(folder, "wires.txt"), "utf8")).split("\n").map((line) => line.slice(line.indexOf("/") + 1)));
    const alike = stateOf(circuit, scope, "").filter((name) => named.has(`gold.${name}`) && named.has(`gate.${name}`));
    const same = alike.map((name) => ` -set-at 1 \\gold.${name} \\gate.${name}`).join("");
    return isProof(await yosys(folder, ["read_rtlil both.il", `sat -timeout ${seconds} -tempinduct -maxsteps ${steps} -prove same 1${same} both`], seconds));
  });
}

/** Whatever keeps a value, by its name below the module: both copies wake up with the same. */
function stateOf(circuit: Circuit, module: string, path: string): string[] {
  const found = circuit.modules.find((m) => m.name === module)!;
  if (found.kind === "memory") return [...Array.from({ length: found.depth }, (_, i) => `${path}mem[${i}]`), `${path}rd_data`];
  return [
    ...found.signals.filter((s) => s.kind === "reg").map((s) => path + s.name),
    ...found.instances.flatMap((i) => stateOf(circuit, i.module, `${path}${i.name}.`)),
  ];
}

/** Both copies side by side, in reset in the first cycle; `same` is 1 as long as their outputs are equal after it. */
function bothText(circuit: Circuit, { ports, clocked, resettable }: LogicModule): string {
  const [inputs, outputs] = [ports.filter((p) => p.direction === "input"), ports.filter((p) => p.direction === "output")];
  const range = ({ width }: Port): string => `[${width - 1}:0]`;
  const active = circuit.reset.endsWith("low") ? "!first" : "first";
  const copy = (name: string): string => {
    const nets = [...(clocked ? [".clk(clk)"] : []), ...(resettable ? [`.${resetPort(circuit)}(${active})`] : []), ...inputs.map((p) => `.${p.name}(in_${p.name})`), ...outputs.map((p) => `.${p.name}(${name}_${p.name})`)];
    return `  ${name} ${name} (${nets.join(", ")});`;
  };
  return [
    `module both (${["input clk", ...inputs.map((p) => `input ${range(p)} in_${p.name}`), "output same"].join(", ")});`,
    "  reg first = 1'b1;", "  always @(posedge clk) first <= 1'b0;",
    ...["gold", "gate"].flatMap((name) => [...outputs.map((p) => `  wire ${range(p)} ${name}_${p.name};`), copy(name)]),
    `  assign same = first || (${outputs.map((p) => `gold_${p.name} == gate_${p.name}`).join(" && ") || "1'b1"});`,
    "endmodule", "",
  ].join("\n");
}

const isProof = (output: string | null): boolean => output !== null && /no model found: SUCCESS!|Induction step proven: SUCCESS!/.test(output);

/**
 * What Yosys prints in a folder; null where it takes much longer than a proof may: as long again, and some more for reading.
 * @throws Error with its own words when it fails.
 */
async function yosys(folder: string, script: readonly string[], seconds: number): Promise<string | null> {
  await writeBelow(folder, [{ name: "prove.ys", text: `${script.join("\n")}\n` }]);
  const patience = AbortSignal.timeout(1000 * (2 * seconds + 20));
  try {
    const result = await runProcess("yosys", ["-Q", "-T", "prove.ys"], { cwd: folder, signal: patience });
    if (result.code !== 0) throw new Error(`yosys cannot look at a fault: ${/^.*ERROR: .*/m.exec(`${result.stdout}\n${result.stderr}`)?.[0] ?? `exit ${result.code}`}`);
    return result.stdout;
  } catch (error) {
    if (patience.aborted) return null;
    throw error;
  }
}
