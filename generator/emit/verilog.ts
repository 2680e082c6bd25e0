/** A module of the IR as a Verilog-2005 file. */

import type { Circuit, Instance, LogicModule, Port, Signal, Stmt } from "../ir/types";
import { fromHex } from "../ir/bits";
import { expressionText, literalText } from "./expression";

/** Every target that a statement may assign. */
function targets(s: Stmt): string[] {
  if (s.kind === "assign") return [s.target];
  if (s.kind === "if") return [...s.then, ...s.else].flatMap(targets);
  return [...s.cases.flatMap((c) => c.body), ...s.default].flatMap(targets);
}

/** The statements that concern one target; branches left empty disappear. */
function onlyFor(target: string, body: readonly Stmt[]): Stmt[] {
  return body.flatMap((s): Stmt[] => {
    if (s.kind === "assign") return s.target === target ? [s] : [];
    if (!targets(s).includes(target)) return [];
    if (s.kind === "if") return [{ ...s, then: onlyFor(target, s.then), else: onlyFor(target, s.else) }];
    return [{ ...s, cases: s.cases.map((c) => ({ ...c, body: onlyFor(target, c.body) })), default: onlyFor(target, s.default) }];
  });
}

const range = (width: number, signed: boolean): string => `${signed ? " signed" : ""}${width === 1 ? "" : ` [${width - 1}:0]`}`;
const place = (loc: { file: string; line: number } | null): string => (loc === null ? "" : ` // @[${loc.file}:${loc.line}]`);

/** The file of a module of the circuit. */
export function verilogModule(module: LogicModule, circuit: Circuit): string {
  return new Printer(module, circuit).file();
}

class Printer {
  private readonly driven: ReadonlySet<string>;

  constructor(private readonly module: LogicModule, private readonly circuit: Circuit) {
    this.driven = new Set(module.instances.flatMap((i) => i.outputs.map((o) => o.signal)));
  }

  file(): string {
    const { module } = this;
    const wires = [...module.signals.filter((s) => s.kind === "wire" && !this.driven.has(s.name)), ...module.ports.filter((p) => p.direction === "output" && !this.driven.has(p.name))];
    const registers = module.signals.filter((s) => s.kind === "reg");
    const driven = [...wires.map((w) => this.combinational(w)), ...registers.map((r) => this.next(r))];
    const blocks = [this.declarations(registers), ...driven, ...module.instances.map((i) => this.instance(i)), this.clocked(registers)].filter((b) => b.length > 0);
    const body = blocks.map((b) => b.map((line) => `  ${line}\n`).join("")).join("\n");
    return `\`default_nettype none\n\nmodule ${module.name} (\n${this.ports()}\n);\n\n${body}\nendmodule\n\n\`default_nettype wire\n`;
  }

  private get resetName(): string {
    return this.circuit.reset.endsWith("low") ? "rst_n" : "rst";
  }

  private ports(): string {
    const { clocked, resettable, ports } = this.module;
    const implicit = [...(clocked ? ["clk"] : []), ...(resettable ? [this.resetName] : [])].map((n) => `  input  wire ${n}`);
    const text = (p: Port): string => {
      const kind = p.direction === "input" ? "input  wire" : `output ${this.isContinuous(p.name) ? "wire" : "reg "}`;
      return `  ${kind}${range(p.width, p.signed)} ${p.name}`;
    };
    return [...implicit, ...ports.map(text)].join(",\n");
  }

  private declarations(registers: readonly Signal[]): string[] {
    const wires = this.module.signals.filter((s) => s.kind === "wire");
    const line = (kind: string, s: Signal, suffix = ""): string => `${kind}${range(s.width, s.signed)} ${s.name}${suffix};${suffix === "" ? place(s.loc) : ""}`;
    return [
      ...registers.flatMap((r) => [line("reg", r), line("reg", r, "_next")]),
      ...wires.map((w) => line(this.isContinuous(w.name) ? "wire" : "reg", w)),
    ];
  }

  /** Whether one unconditional assignment is all that drives the signal. */
  private isContinuous(name: string): boolean {
    if (this.driven.has(name)) return true;
    const body = onlyFor(name, this.module.body);
    return body.length === 1 && body[0]!.kind === "assign";
  }

  private combinational(s: Signal | Port): string[] {
    const body = onlyFor(s.name, this.module.body);
    const [first] = body;
    if (this.isContinuous(s.name) && first!.kind === "assign") return [`assign ${s.name} = ${expressionText(first!.value)};${place(first!.loc)}`];
    return ["always @* begin", ...this.statements(body, ""), "end"];
  }

  private instance(i: Instance): string[] {
    const child = this.circuit.modules.find((m) => m.name === i.module)!;
    const implicit = child.kind === "memory" ? ["clk"] : [...(child.clocked ? ["clk"] : []), ...(child.resettable ? [this.resetName] : [])];
    const connections = [
      ...implicit.map((n) => `.${n}(${n})`),
      ...i.inputs.map((c) => `.${c.port}(${expressionText(c.value)})`),
      ...i.outputs.map((c) => `.${c.port}(${c.signal})`),
    ];
    return [`${i.module} ${i.name} (${place(i.loc)}`, ...connections.map((c, n) => `  ${c}${n === connections.length - 1 ? "" : ","}`), ");"];
  }

  private next(r: Signal): string[] {
    return ["always @* begin", `  ${r.name}_next = ${r.name};`, ...this.statements(onlyFor(r.name, this.module.body), "_next"), "end"];
  }

  private statements(body: readonly Stmt[], suffix: string): string[] {
    return body.flatMap((s) => this.statement(s, suffix)).map((line) => `  ${line}`);
  }

  private statement(s: Stmt, suffix: string): string[] {
    if (s.kind === "assign") {
      const whole = s.lo === 0 && s.value.width === this.widthOf(s.target);
      const bits = whole ? "" : s.value.width === 1 ? `[${s.lo}]` : `[${s.lo + s.value.width - 1}:${s.lo}]`;
      return [`${s.target}${suffix}${bits} = ${expressionText(s.value)};${place(s.loc)}`];
    }
    if (s.kind === "if") return this.conditional(s, suffix);
    return [
      `case (${expressionText(s.on)})`,
      ...s.cases.flatMap((c) => [`  ${c.values.map(literalText).join(", ")}: begin`, ...this.statements(c.body, suffix).map((l) => `  ${l}`), "  end"]),
      "  default: begin", ...this.statements(s.default, suffix).map((l) => `  ${l}`), "  end",
      "endcase",
    ];
  }

  private conditional(s: Extract<Stmt, { kind: "if" }>, suffix: string): string[] {
    const head = [`if (${expressionText(s.cond)}) begin${place(s.loc)}`, ...this.statements(s.then, suffix)];
    if (s.else.length === 0) return [...head, "end"];
    const [only] = s.else;
    if (s.else.length === 1 && only!.kind === "if") {
      const [first, ...rest] = this.conditional(only!, suffix);
      return [...head, `end else ${first!}`, ...rest];
    }
    return [...head, "end else begin", ...this.statements(s.else, suffix), "end"];
  }

  private widthOf(name: string): number {
    return [...this.module.signals, ...this.module.ports].find((s) => s.name === name)!.width;
  }

  /** One process for the registers that are reset, one for those that are not. */
  private clocked(registers: readonly Signal[]): string[] {
    const load = (r: Signal): string => `${r.name} <= ${r.name}_next;`;
    const reset = registers.filter((r) => r.reset !== null);
    const free = registers.filter((r) => r.reset === null);
    const lines: string[] = [];
    if (reset.length > 0) {
      const low = this.circuit.reset.endsWith("low");
      const edge = this.circuit.reset.startsWith("async") ? ` or ${low ? "negedge" : "posedge"} ${this.resetName}` : "";
      const initial = (r: Signal): string =>
        `${r.name} <= ${literalText({ kind: "lit", value: `0x${fromHex(r.reset!, r.width, false).toString(16)}`, width: r.width, signed: r.signed })};`;
      lines.push(`always @(posedge clk${edge}) begin`, `  if (${low ? "!" : ""}${this.resetName}) begin`, ...reset.map((r) => `    ${initial(r)}`));
      lines.push("  end else begin", ...reset.map((r) => `    ${load(r)}`), "  end", "end");
    }
    if (free.length > 0) lines.push("always @(posedge clk) begin", ...free.map((r) => `  ${load(r)}`), "end");
    return lines;
  }
}
