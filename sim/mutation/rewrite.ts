/** Every expression of a module, each with a number, and the module with others in their places. */

import { firstTarget, indexedSignal, withBranches, branches } from "../../generator/ir/traverse";
import type { Expr, LogicModule, Stmt } from "../../generator/ir/types";

/** What an expression is to what stands around it; `inner`: an operand like any other. */
export type Role = "value" | "condition" | "switch" | "port" | "inner";

/** Where an expression stands. */
export interface Site {
  /** In the order in which the module is walked. */
  readonly number: number;
  readonly role: Role;
  /** What the statement assigns first, or `instance.port`. */
  readonly target: string;
  /** The statement; null for a connection of an instance. */
  readonly statement: Stmt | null;
  /** All of the connection, or the value of the statement. */
  readonly whole: Expr;
}

/** Given an expression as it was, and with its operands rewritten; returns what comes in its place. */
export type Rewrite = (site: Site, original: Expr, rewritten: Expr) => Expr;

/** The module with every expression rewritten, operands first. Where nothing changes, the module is equal. */
export function rewriteModule(module: LogicModule, rewrite: Rewrite): LogicModule {
  return new Rewriter(rewrite).module(module);
}

class Rewriter {
  private count = 0;

  constructor(private readonly rewrite: Rewrite) {}

  module(module: LogicModule): LogicModule {
    const body = module.body.map((s) => this.statement(s));
    const instances = module.instances.map((i) => ({
      ...i, inputs: i.inputs.map((c) => ({ ...c, value: this.expr(c.value, { role: "port", target: `${i.name}.${c.port}`, statement: null, whole: c.value }) })),
    }));
    return { ...module, body, instances };
  }

  private statement(s: Stmt): Stmt {
    const at = (role: Role, whole: Expr) => ({ role, target: firstTarget(s) ?? "", statement: s, whole });
    if (s.kind === "assign") return { ...s, value: this.expr(s.value, at("value", s.value)) };
    const on = s.kind === "if" ? this.expr(s.cond, at("condition", s.cond)) : this.expr(s.on, at("switch", s.on));
    const inner = withBranches(s, branches(s).map((body) => body.map((b) => this.statement(b))));
    return inner.kind === "if" ? { ...inner, cond: on } : { ...inner, on };
  }

  private expr(e: Expr, where: Omit<Site, "number">): Expr {
    const site: Site = { ...where, number: this.count++ };
    return this.rewrite(site, e, this.operands(e, { ...where, role: "inner" }));
  }

  private operands(e: Expr, where: Omit<Site, "number">): Expr {
    const each = (x: Expr): Expr => this.expr(x, where);
    switch (e.kind) {
      case "ref":
      case "lit":
        return e;
      case "binary":
        return { ...e, a: each(e.a), b: each(e.b) };
      case "mux":
        return { ...e, cond: this.expr(e.cond, { ...where, role: "condition" }), a: each(e.a), b: each(e.b) };
      case "cat":
        return { ...e, parts: e.parts.map(each) };
      case "select":
        // A bit of a vector (`v[index]`) has an item for each bit, and none of them is a place of its own.
        return { ...e, index: each(e.index), items: indexedSignal(e) === null ? e.items.map(each) : e.items };
      default:
        return { ...e, a: each(e.a) };
    }
  }
}
