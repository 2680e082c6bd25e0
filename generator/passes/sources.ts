import { type Guard, visitAssigns, visitExpr } from "../ir/traverse";
import type { Expr, LogicModule } from "../ir/types";

/** A signal or an instance, by its name, or a condition around assignments. */
export type Node = string | Guard;

/**
 * What everything in a module comes from, registers included: a signal from what its assignments read, their
 * conditions and the instance that drives it; a condition and an instance from what they read.
 */
export class Sources {
  private readonly of = new Map<Node, Node[]>();

  constructor(module: LogicModule) {
    visitAssigns(module.body, ({ target, value }, guard) => {
      this.read(target, value);
      this.under(target, guard);
    });
    for (const i of module.instances) {
      for (const { value } of i.inputs) this.read(i.name, value);
      for (const { signal } of i.outputs) this.at(signal).push(i.name);
    }
  }

  /** The nodes right behind this one; some may be listed twice. */
  behind(node: Node): readonly Node[] {
    return this.of.get(node) ?? [];
  }

  /** Adds to `reached` these nodes and all that they come from. */
  reach(from: readonly Node[], reached = new Set<Node>()): Set<Node> {
    const pending = [...from];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (reached.has(node)) continue;
      reached.add(node);
      for (const source of this.behind(node)) pending.push(source);
    }
    return reached;
  }

  /** Every node that something comes from other than itself. */
  readByOthers(): Set<Node> {
    return new Set([...this.of].flatMap(([node, sources]) => sources.filter((source) => source !== node)));
  }

  private at(node: Node): Node[] {
    const known = this.of.get(node);
    if (known) return known;
    const sources: Node[] = [];
    this.of.set(node, sources);
    return sources;
  }

  private read(node: Node, value: Expr): void {
    const sources = this.at(node);
    visitExpr(value, (e) => { if (e.kind === "ref") sources.push(e.name); });
  }

  private under(node: Node, guard: Guard | null): void {
    if (!guard) return;
    this.at(node).push(guard);
    if (this.of.has(guard)) return;
    this.read(guard, guard.on);
    this.under(guard, guard.outer);
  }
}
