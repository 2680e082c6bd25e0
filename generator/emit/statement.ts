/** Statements inside a process. */

import type { Assign, Expr, If, Lit, Stmt, Switch } from "../ir/types";
import { type Expressions, lineWidth, rangeText } from "./expression";
import { indented, type Line, line, lines } from "./lines";

export class Statements {
  /**
   * @param assignment `=` in combinational processes, `<=` in clocked ones.
   * @param widthOf the width of a signal or port.
   */
  constructor(private readonly expressions: Expressions, private readonly assignment: "=" | "<=", private readonly widthOf: (name: string) => number) {}

  /** `width`: columns left for code. */
  print(body: readonly Stmt[], width: number): Line[] {
    return body.filter((s) => !isIdle(s)).flatMap((s) => {
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
    const busy = body.filter((s) => !isIdle(s));
    const [only] = busy;
    if (only === undefined) return [line("end")];
    if (busy.length === 1 && only.kind === "if") return this.conditional(only, width, "end else ");
    return [line("end else begin"), ...indented(this.print(busy, width - 2)), line("end")];
  }

  private switch(s: Switch, width: number): Line[] {
    const fallback = s.default.every(isIdle);
    const cases = s.cases.filter((c) => !fallback || !c.body.every(isIdle));
    const label = (values: readonly Lit[]): string => values.map((v) => this.expressions.text(v)).join(", ");
    return [
      ...lines(this.expressions.lines("case (", s.on, ")", width), s.loc),
      ...indented(cases.flatMap((c) => this.branch(label(c.values), c.body, c.loc, width - 2))),
      ...indented(this.branch("default", s.default, null, width - 2)),
      line("endcase"),
    ];
  }

  private branch(label: string, body: readonly Stmt[], loc: Stmt["loc"], width: number): Line[] {
    const inner = this.print(body, width - 2);
    const [only] = inner;
    if (only === undefined) return [line(`${label}: ;`, loc)];
    const short = `${label}: ${only.text}`;
    if (inner.length === 1 && short.length <= lineWidth / 2) return [line(short, only.loc ?? loc)];
    return [line(`${label}: begin`, loc), ...indented(inner), line("end")];
  }
}

/** Whether a statement assigns nothing. */
function isIdle(s: Stmt): boolean {
  if (s.kind === "assign") return false;
  return s.kind === "if" ? s.then.every(isIdle) && s.else.every(isIdle) : s.cases.every((c) => c.body.every(isIdle)) && s.default.every(isIdle);
}

function inverse(cond: Expr): Expr {
  if (cond.kind === "unary" && cond.op === "not") return cond.a;
  return { kind: "unary", op: "not", a: cond, width: 1, signed: false };
}

/** The name of what an assignment drives, with the bits where it is not all of a signal `width` bits wide. */
export function targetText({ target, lo, value }: Assign, width: number): string {
  return lo === 0 && value.width === width ? target : target + rangeText(lo + value.width - 1, lo);
}
