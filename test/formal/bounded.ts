/** Properties that Yosys and an SMT solver prove of a design, for everything that can happen in so many cycles from reset on. */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { LogicModule } from "lapa";
import type { Design } from "../../sim/engines/engine";

/** Rules lie beside the sources, not in dist. */
const folderOfRules = resolve(__dirname, "../../../test/formal");
/** Rules of streams, which the others are made of, too. */
const streamRules = "stream_rules";
/** Of single bits the solver needs seconds where words take it minutes. */
const toGates = ["prep -flatten -top proof", "techmap", "opt -full", "dffunmap", "abc -g AND,XOR,MUX,OR", "opt_clean"];

export interface Rules {
  readonly design: Design;
  /** Name of the module with the properties, which is also its file's. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** For each port of the rules, besides clock and reset, that of the design. */
  readonly ports: Readonly<Record<string, string>>;
}

/** Replaces a text of the design, which must be there. */
export function changed({ design, ...rules }: Rules, from: string | RegExp, to: string): Rules {
  const files = design.files.map((f) => ({ ...f, text: f.text.replace(from, to) }));
  if (files.every((f, i) => f.text === design.files[i]!.text)) throw new Error(`there is no ${String(from)}`);
  return { ...rules, design: { ...design, files } };
}

/** Whether the rules hold in all of the first `steps` cycles, and if not, which one is broken first. */
export function check(rules: Rules, steps: number): { readonly holds: boolean; readonly broken: string | null } {
  const folder = mkdtempSync(join(tmpdir(), "lapa-rules-"));
  try {
    for (const name of [streamRules, rules.name]) copyFileSync(join(folderOfRules, `${name}.v`), join(folder, `${name}.v`));
    writeFileSync(join(folder, "design.v"), rules.design.files.map((f) => f.text).join("\n"));
    writeFileSync(join(folder, "proof.v"), proofOf(rules));
    const read = [streamRules, rules.name, "design", "proof"].map((name) => `read_verilog -formal ${name}.v`);
    run(folder, "yosys", "-Q", "-T", "-q", "-p", [...read, ...toGates, "write_smt2 -wires proof.smt2"].join("; "));
    const said = run(folder, "yosys-smtbmc", "-s", "z3", "--unroll", "--noprogress", "-t", String(steps), "proof.smt2");
    const broken = /Assert failed in [^:]*: (.*)/.exec(said)?.[1] ?? null;
    const holds = /Status: PASSED/.test(said);
    if (holds === (broken !== null)) throw new Error(`no verdict: ${said}`);
    return { holds, broken };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(cwd: string, program: string, ...args: string[]): string {
  const { stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error) throw new Error(`${program} cannot run here; these tests need it: apt-get install yosys z3`);
  if (stderr !== "") throw new Error(stderr);
  return stdout;
}

/** The design with free inputs, in reset in the first cycle, and the rules beside it. */
function proofOf({ design, name, parameters, ports: watched }: Rules): string {
  const { name: top, ports } = design.circuit.modules.find((m) => m.name === design.circuit.top) as LogicModule;
  const wires = (direction: "input" | "output"): string[] =>
    ports.filter((p) => p.direction === direction).map((p) => `${direction === "input" ? "input " : ""}wire [${p.width - 1}:0] ${p.name}`);
  const joined = (names: readonly (readonly [string, unknown])[]): string => names.map(([port, to]) => `.${port}(${String(to)})`).join(", ");
  const clocked = [["clk", "clk"], ["rst", "rst"]] as const;
  return `
module proof (${["input wire clk", ...wires("input")].join(", ")});
  reg rst = 1;
  always @(posedge clk) rst <= 0;
${wires("output").map((wire) => `  ${wire};\n`).join("")}
  ${top} ours (${joined([...clocked, ...ports.map((p) => [p.name, p.name] as const)])});
  ${name} #(${joined(Object.entries(parameters))}) rules (${joined([...clocked, ...Object.entries(watched)])});
endmodule
`;
}
