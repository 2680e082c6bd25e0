/** All modules of one elaboration: each class is built once for each set of parameters. */

import { connectModule } from "../ir/connect";
import type { LogicModule, MemoryModule, Module as IrModule, ResetKind } from "../ir/types";
import { Body } from "./body";
import { lower } from "./lower";
import { type Module, type ModuleClass, moduleNameOf, type Parameters } from "./module";
import { nameProperties } from "./naming";
import { fail } from "./problem";
import { moduleFault } from "./reserved";
import { snakeCase } from "./snake-case";
import { isolated } from "./trace";

/** A module as it was built, and its name in the circuit. */
export interface Shape {
  readonly made: object;
  readonly name: string;
}

export class Design {
  /** Children before parents. */
  readonly modules: IrModule[] = [];
  private readonly shapes = new Map<unknown, Map<string, Shape>>();
  private readonly taken = new Set<string>();
  private depth = 0;

  constructor(private readonly topName: string | null, private readonly reset: ResetKind) {
    // The top keeps the name that was asked for: a module below it that would have it gets a number.
    if (topName !== null) this.taken.add(topName);
  }

  /** The module of a class and its parameters, built at the first request. */
  shape<P extends Parameters, M extends Module<P>>(module: ModuleClass<P, M>, params: P): Shape {
    // JSON would take NaN and the infinities for null.
    const key = JSON.stringify(params, (_, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? `\0${value}` : value));
    const found = this.shapes.get(module)?.get(key);
    if (found !== undefined) return found;
    const shape = this.build(module, params);
    const known = this.shapes.get(module) ?? new Map<string, Shape>();
    this.shapes.set(module, known.set(key, shape));
    return shape;
  }

  private build<P extends Parameters, M extends Module<P>>(module: ModuleClass<P, M>, params: P): Shape {
    const isTop = this.depth === 0;
    const body = new Body(module.name, this);
    this.depth++;
    const made = isolated(() => body.describe((): M => {
      const m = new module(params);
      nameProperties(m);
      m.build();
      nameProperties(m);
      return m;
    }));
    this.depth--;
    const isFree = !this.modules.some((m) => m.name === this.topName);
    if (isTop && isFree && this.topName !== null) this.taken.delete(this.topName);
    const name = (isTop ? this.topName : null) ?? moduleNameOf(made, !isTop);
    const lowered = connectModule(lower(made, name, body, this.modules));
    const isNamed = isTop || made.moduleName !== null;
    return { made, name: this.enter(isNamed ? lowered : { ...lowered, name: name + this.resetText(lowered) }) };
  }

  /** What a module's name says of its reset: nothing of the usual one. */
  private resetText({ resettable }: LogicModule): string {
    return resettable && this.reset !== "sync-high" ? `_${snakeCase(this.reset)}` : "";
  }

  /**
   * The module of a memory; equal ones are one.
   * @throws DiagnosticError LAPA-E011 for a name that Verilog does not take, E015 when another module has it.
   */
  memory(module: MemoryModule): MemoryModule {
    const fault = moduleFault(module.name);
    if (fault !== null) fail("LAPA-E011", `a memory's module is named '${module.name}', ${fault}`, "Give it another moduleName.");
    if (module.name === this.topName) fail("LAPA-E015", `a memory's module has the top's name, '${module.name}'`, "Give the memory another moduleName, or the top another name.");
    const same = this.modules.find((m) => m.name === module.name);
    if (same === undefined) {
      this.taken.add(module.name);
      this.modules.push(module);
    } else if (JSON.stringify(same) !== JSON.stringify(module)) {
      fail("LAPA-E015", `two different modules are named '${module.name}'`, "Give one of the memories another moduleName.");
    }
    return module;
  }

  /** Adds a module; a name that is taken gets a number. */
  private enter(module: LogicModule): string {
    let name = module.name;
    for (let n = 1; this.taken.has(name); n++) name = `${module.name}_${n}`;
    this.taken.add(name);
    this.modules.push({ ...module, name });
    return name;
  }
}
