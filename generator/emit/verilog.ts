/** A module of the IR as a Verilog file. */

import type { Assign, Circuit, Expr, Instance, LogicModule, MemoryModule, Module, Port, Signal } from "../ir/types";
import { byTarget } from "../ir/traverse";
import { banner } from "./banner";
import { Constants } from "./constants";
import { type Dialect, implicitPorts, resetPort, words, type Words } from "./dialect";
import { Expressions, lineWidth } from "./expression";
import { aligned, indented, type Line, line, lines, rendered } from "./lines";
import { literalText } from "./literal";
import { memoryBody, memoryPortLines } from "./memory";
import { Dependencies, grouped, isPlain, type MayJoin, nextStates, type Process } from "./processes";
import { Statements, targetText } from "./statement";

/** Columns for code inside a module. */
const bodyWidth = lineWidth - 2;

/**
 * The file of a module of the circuit; of a black box, what it should do.
 * @throws Error when the module has not been through the pass `printable`.
 */
export function verilogModule(module: Module, circuit: Circuit, dialect: Dialect = "verilog"): string {
  if (module.kind === "memory") {
    const described = module.blackBox ? noted(module, "This is its behaviour, for simulation; a macro's wrapper takes its place elsewhere.") : module;
    return wholeFile(described, memoryPortLines(module, words[dialect]), [memoryBody(module, words[dialect])]);
  }
  return new Printer(nextStates(module), circuit, words[dialect]).file();
}

/** The file that stands for a black box in lint and synthesis: its ports and nothing else. */
export function memoryStub(module: MemoryModule, dialect: Dialect = "verilog"): string {
  const ports = memoryPortLines(module, words[dialect], false);
  // A stub cannot use its inputs or drive its output.
  const waivers = (word: string): Line[] => ["UNUSED", "UNDRIVEN"].map((code) => line(`// verilator lint_${word} ${code}`));
  const described = noted(module, "This is a black box, for synthesis and lint; the module itself is the wrapper of a macro.");
  return wholeFile(described, [...waivers("off"), ...ports, ...waivers("on")], [], "(* blackbox *)\n");
}

/** The module with a sentence more in its description. */
const noted = (module: MemoryModule, note: string): MemoryModule => ({ ...module, doc: `${module.doc}\n${note}`.trim() });

/** A module's file from its ports and the blocks of its body. */
function wholeFile(module: Module, ports: readonly Line[], blocks: readonly (readonly Line[])[], attribute = ""): string {
  const body = blocks.filter((b) => b.length > 0).map(rendered).join("\n");
  const head = `${attribute}module ${module.name} (\n${rendered(ports)});\n`;
  return `${banner(module)}\`default_nettype none\n\n${head}${body === "" ? "" : `\n${body}\n`}endmodule\n\n\`default_nettype wire\n`;
}

/** `signed` and `[7:0]` as cells of a table. */
const signCell = ({ signed }: { signed: boolean }): string => (signed ? "signed" : "");
const rangeCell = ({ width }: { width: number }): string => (width === 1 ? "" : `[${width - 1}:0]`);

interface Connections {
  readonly implicit: readonly Line[];
  /** By port: `.port (`, filled up to the same column. */
  readonly heads: ReadonlyMap<string, string>;
}

class Printer {
  private readonly constants: Constants;
  private readonly expressions: Expressions;
  private readonly widths: ReadonlyMap<string, number>;
  private readonly registers: ReadonlyMap<string, Signal>;
  /** What processes assign, rather than continuous assignments or instances. */
  private readonly variables: ReadonlySet<string>;
  private readonly combinational: ReadonlyMap<string, Process["body"]>;
  private readonly sequential: ReadonlyMap<string, Process["body"]>;
  /** By the module that is connected. */
  private readonly connections = new Map<string, Connections>();

  constructor(private readonly module: LogicModule, private readonly circuit: Circuit, private readonly words: Words) {
    this.constants = new Constants(module);
    this.expressions = new Expressions((lit) => this.constants.name(lit));
    this.widths = new Map([...module.signals, ...module.ports].map((s) => [s.name, s.width]));
    this.registers = new Map(module.signals.filter((s) => s.kind === "reg").map((s) => [s.name, s]));
    const trees = [...byTarget(module.body)];
    this.combinational = new Map(trees.filter(([target]) => !this.registers.has(target)));
    this.sequential = new Map(trees.filter(([target]) => this.registers.has(target)));
    this.variables = new Set([...this.registers.keys(), ...[...this.combinational].filter(([, tree]) => !isPlain(tree)).map(([target]) => target)]);
  }

  file(): string {
    const blocks = [this.localparams(), this.declarations(), ...this.logic(), ...this.module.instances.map((i) => this.instance(i)), ...this.clocked()];
    return wholeFile(this.module, this.ports(), blocks);
  }

  private ports(): Line[] {
    const { input, outputNet, outputVariable } = this.words;
    const { ports } = this.module;
    const implicit = implicitPorts(this.module, this.circuit);
    const kind = (p: Port): string => (p.direction === "input" ? input : this.variables.has(p.name) ? outputVariable : outputNet);
    const rows = [...implicit.map((n) => [input, "", "", n]), ...ports.map((p) => [kind(p), signCell(p), rangeCell(p), p.name])];
    const texts = aligned(rows, new Set([2]));
    return texts.map((t, i) => line(i === texts.length - 1 ? t : `${t},`, ports[i - implicit.length]?.loc ?? null));
  }

  private localparams(): Line[] {
    const rows = this.constants.all.map(({ name, lit }) => ["localparam", signCell(lit), rangeCell(lit), name, `= ${literalText(lit)};`]);
    return aligned(rows, new Set([2])).map((t) => line(t));
  }

  private declarations(): Line[] {
    const { net, variable } = this.words;
    const signals = [...this.registers.values(), ...this.module.signals.filter((s) => s.kind === "wire")];
    const rows = signals.map((s) => [this.variables.has(s.name) ? variable : net, signCell(s), rangeCell(s), `${s.name};`]);
    return aligned(rows, new Set([2])).map((t, i) => line(t, signals[i]!.loc));
  }

  /** Continuous assignments and combinational processes, in the order of the body; neighbouring one-liners in a block. */
  private logic(): Line[][] {
    const dependencies = new Dependencies(this.module, this.combinational);
    const text = (e: Expr): string => this.expressions.text(e);
    const join: MayJoin = (a, b) => this.variables.has(a[0]!) && this.variables.has(b[0]!) && dependencies.join(a, b);
    const statements = new Statements(this.expressions, "=", (name) => this.widths.get(name)!);
    const blocks: Line[][] = [];
    let open = false;
    for (const { body } of grouped(this.module.body, this.combinational, text, join)) {
      const plain = isPlain(body);
      const block = plain
        ? body.flatMap((s) => this.continuous(s as Assign))
        : [line("always @* begin"), ...indented(statements.print(body, bodyWidth - 2)), line("end")];
      if (plain && open) blocks.at(-1)!.push(...block);
      else blocks.push(block);
      open = plain;
    }
    return blocks;
  }

  private continuous(s: Assign): Line[] {
    const target = targetText(s, this.widths.get(s.target)!);
    return lines(this.expressions.lines(`assign ${target} = `, s.value, ";", bodyWidth), s.loc);
  }

  private instance(i: Instance): Line[] {
    const { implicit, heads } = this.connectionsTo(i);
    const block = [line(`${i.module} ${i.name} (`, i.loc), ...implicit];
    let left = i.inputs.length + i.outputs.length;
    for (const { port, value } of i.inputs) {
      const texts = this.expressions.lines(heads.get(port)!, value, --left === 0 ? ")" : "),", bodyWidth - 2);
      for (const text of texts) block.push(line(`  ${text}`));
    }
    for (const { port, signal } of i.outputs) block.push(line(`  ${heads.get(port)!}${signal}${--left === 0 ? ")" : "),"}`));
    block.push(line(");"));
    return block;
  }

  /** What is the same for every instance of a module: the clock's and the reset's connections, and how the others begin. */
  private connectionsTo({ module, inputs, outputs }: Instance): Connections {
    const known = this.connections.get(module);
    if (known) return known;
    const child = this.circuit.modules.find((m) => m.name === module)!;
    const implicit = implicitPorts(child, this.circuit);
    const ports = [...implicit, ...inputs.map((c) => c.port), ...outputs.map((c) => c.port)];
    const width = Math.max(...ports.map((port) => port.length));
    const heads = new Map(ports.map((port) => [port, `.${port.padEnd(width)} (`]));
    const connections = { implicit: implicit.map((port, n) => line(`  ${heads.get(port)!}${port}${n === ports.length - 1 ? ")" : "),"}`)), heads };
    this.connections.set(module, connections);
    return connections;
  }

  /**
   * The clocked processes, in the order in which their registers are declared. A register without reset never shares one
   * with a register that has one: it would be held during reset, and an asynchronous reset would need to gate it.
   */
  private clocked(): Line[][] {
    const text = (e: Expr): string => this.expressions.text(e);
    const isReset = (name: string): boolean => this.registers.get(name)!.reset !== null;
    const join: MayJoin = (a, b) => isReset(a[0]!) === isReset(b[0]!);
    const processes = grouped(this.module.body, this.sequential, text, join);
    const held = [...this.registers.values()].filter((r) => r.reset !== null && !this.sequential.has(r.name)).map((r) => r.name);
    const all = held.length > 0 ? [...processes, { targets: held, body: [] }] : processes;
    const order = new Map([...this.registers.keys()].map((name, i) => [name, i]));
    const position = (p: Process): number => Math.min(...p.targets.map((t) => order.get(t)!));
    return all.sort((a, b) => position(a) - position(b)).map((p) => (isReset(p.targets[0]!) ? this.withReset(p) : this.withoutReset(p)));
  }

  private withoutReset({ body }: Process): Line[] {
    return [line(`${this.words.clocked} @(posedge clk) begin`), ...indented(this.sequentialStatements.print(body, bodyWidth - 2)), line("end")];
  }

  private withReset({ targets, body }: Process): Line[] {
    const reset = resetPort(this.circuit);
    const low = reset === "rst_n";
    const edge = this.circuit.reset.startsWith("async") ? ` or ${low ? "negedge" : "posedge"} ${reset}` : "";
    const initial = targets.map((t) => line(`${t} <= ${this.constants.resetText(this.registers.get(t)!)};`));
    return [
      line(`${this.words.clocked} @(posedge clk${edge}) begin`),
      ...indented([line(`if (${low ? "!" : ""}${reset}) begin`), ...indented(initial), ...this.sequentialStatements.otherwise(body, bodyWidth - 2)]),
      line("end"),
    ];
  }

  private get sequentialStatements(): Statements {
    return new Statements(this.expressions, "<=", (name) => this.widths.get(name)!);
  }
}
