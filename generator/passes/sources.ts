import { type Guard, operands, visitAssigns } from "../ir/traverse";
import type { Expr, LogicModule } from "../ir/types";

/** A signal or an instance, by its name, or a condition around assignments. */
export type Node = string | Guard;

const none: readonly Node[] = [];

/**
 * What everything in a module comes from, registers included: a signal from what its assignments read, their
 * conditions and the instance that drives it; a condition and an instance from what they read.
 */
export class Sources {
  /** By module: several passes ask, and most leave most modules as they are. */
  private static readonly known = new WeakMap<LogicModule, Sources>();
  private readonly of = new Map<Node, Node[]>();
  /** What reaches an output: every output, and all that they come from. */
  readonly ofOutputs: ReadonlySet<Node>;

  private constructor(module: LogicModule) {
    visitAssigns(module.body, ({ target, value }, guard) => {
      this.read(this.at(target), value);
      this.under(target, guard);
    });
    for (const i of module.instances) {
      const sources = this.at(i.name);
      for (const { value } of i.inputs) this.read(sources, value);
      // Nothing else drives these.
      const instance = [i.name];
      for (const { signal } of i.outputs) this.of.set(signal, instance);
    }
    this.ofOutputs = this.reach(module.ports.filter((p) => p.direction === "output").map((p) => p.name));
  }

  static of(module: LogicModule): Sources {
    const sources = Sources.known.get(module) ?? new Sources(module);
    Sources.known.set(module, sources);
    return sources;
  }

  /** The nodes right behind this one; some may be listed twice. */
  behind(node: Node): readonly Node[] {
    return this.of.get(node) ?? none;
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

  private read(sources: Node[], value: Expr): void {
    if (value.kind === "ref") sources.push(value.name);
    else for (const inner of operands(value)) this.read(sources, inner);
  }

  private under(node: Node, guard: Guard | null): void {
    if (!guard) return;
    this.at(node).push(guard);
    if (this.of.has(guard)) return;
    this.read(this.at(guard), guard.on);
    this.under(guard, guard.outer);
  }
}
