/** Statements inside a process. */

import type { Assign, Expr, If, Lit, Stmt, Switch } from "../ir/types";
import { type Expressions, rangeText } from "./expression";
import { indented, type Line, line, lines } from "./lines";

/** Columns that a branch of a `case` on one line may take. */
const oneLineBranch = 60;

export class Statements {
  /**
   * @param assignment `=` in combinational processes, `<=` in clocked ones.
   * @param widthOf the width of a signal or port.
   */
  constructor(private readonly expressions: Expressions, private readonly assignment: "=" | "<=", private readonly widthOf: (name: string) => number) {}

  /** `width`: columns left for code. */
  print(body: readonly Stmt[], width: number): Line[] {
    return body.filter((s) => !isIdle(s)).map(asIf).flatMap((s) => {
      if (s.kind === "assign") return this.assign(s, width);
      return s.kind === "if" ? this.conditional(s, width) : this.switch(s, width);
    });
  }

  private assign(s: Assign, width: number): Line[] {
    return lines(this.expressions.lines(`${targetText(s, this.widthOf(s.target))} ${this.assignment} `, s.value, ";", width), s.loc);
  }

  /** An `if` with its chain of `else if`s; `head` is what stands before it on its line. */
  conditional(s: If, width: number, head = ""): Line[] {
    const inverted = s.then.every(isIdle);
    const cond = inverted ? inverse(s.cond) : s.cond;
    const [then, otherwise] = inverted ? [s.else, []] : [s.then, s.else];
    const block = [...lines(this.expressions.lines(`${head}if (`, cond, ") begin", width), s.loc), ...indented(this.print(then, width - 2))];
    return [...block, ...this.otherwise(otherwise, width)];
  }

  /** What follows the first branch of an `if`: nothing, `else if` or `else`, and the end. */
  otherwise(body: readonly Stmt[], width: number): Line[] {
    const busy = body.filter((s) => !isIdle(s)).map(asIf);
    const [only] = busy;
    if (only === undefined) return [line("end")];
    if (busy.length === 1 && only.kind === "if") return this.conditional(only, width, "end else ");
    return [line("end else begin"), ...indented(this.print(busy, width - 2)), line("end")];
  }

  private switch(s: Switch, width: number): Line[] {
    const fallback = s.default.every(isIdle);
    const cases = s.cases.filter((c) => !fallback || !c.body.every(isIdle));
    const label = (values: readonly Lit[]): string => values.map((v) => this.expressions.text(v)).join(", ");
    const all = [...cases.map((c) => ({ label: label(c.values), body: c.body, loc: c.loc })), { label: "default", body: s.default, loc: null }];
    const inner = all.map((c) => ({ ...c, lines: this.print(c.body, width - 4) }));
    // Branches of one line each are a table.
    const table = inner.every((c) => c.lines.length <= 1);
    const column = table ? Math.max(...inner.map((c) => c.label.length)) + 1 : 0;
    return [
      ...lines(this.expressions.lines("case (", s.on, ")", width), s.loc),
      ...indented(inner.flatMap((c) => branch(`${c.label}:`.padEnd(column), c.lines, c.loc))),
      line("endcase"),
    ];
  }
}

function branch(label: string, inner: readonly Line[], loc: Stmt["loc"]): Line[] {
  const [only] = inner;
  if (only === undefined) return [line(`${label} ;`, loc)];
  const short = `${label} ${only.text}`;
  if (inner.length === 1 && short.length <= oneLineBranch) return [line(short, only.loc ?? loc)];
  return [line(`${label} begin`, loc), ...indented(inner), line("end")];
}

/** Whether a statement assigns nothing. */
function isIdle(s: Stmt): boolean {
  if (s.kind === "assign") return false;
  return s.kind === "if" ? s.then.every(isIdle) && s.else.every(isIdle) : s.cases.every((c) => c.body.every(isIdle)) && s.default.every(isIdle);
}

/** A switch of which one value matters is an `if`. */
function asIf(s: Stmt): Stmt {
  if (s.kind !== "switch" || !s.default.every(isIdle)) return s;
  const [only, ...others] = s.cases.filter((c) => !c.body.every(isIdle));
  const [value, ...more] = only?.values ?? [];
  if (!only || !value || others.length > 0 || more.length > 0) return s;
  return { kind: "if", cond: { kind: "binary", op: "eq", a: s.on, b: value, width: 1, signed: false }, then: only.body, else: [], loc: only.loc ?? s.loc };
}

function inverse(cond: Expr): Expr {
  if (cond.kind === "unary" && cond.op === "not") return cond.a;
  return { kind: "unary", op: "not", a: cond, width: 1, signed: false };
}

/** The name of what an assignment drives, with the bits where it is not all of a signal `width` bits wide. */
export function targetText({ target, lo, value }: Assign, width: number): string {
  return lo === 0 && value.width === width ? target : target + rangeText(lo + value.width - 1, lo);
}
