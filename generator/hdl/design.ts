/** All modules of one elaboration: each class is built once for each set of parameters. */

import type { LogicModule } from "../ir/types";
import { Body } from "./body";
import { lower } from "./lower";
import type { Module, ModuleClass, Parameters } from "./module";
import { nameProperties } from "./naming";
import { isolated } from "./trace";

/** A module as it was built, and its name in the circuit. */
export interface Shape {
  readonly made: object;
  readonly name: string;
}

export class Design {
  /** Children before parents. */
  readonly modules: LogicModule[] = [];
  private readonly shapes = new Map<unknown, Map<string, Shape>>();
  private readonly names = new Map<string, string>();

  /** The module of a class and its parameters, built at the first request. */
  shape<P extends Parameters, M extends Module<P>>(module: ModuleClass<P, M>, params: P): Shape {
    const known = this.shapes.get(module) ?? new Map<string, Shape>();
    this.shapes.set(module, known);
    const key = JSON.stringify(params);
    const found = known.get(key) ?? this.build(module, params);
    known.set(key, found);
    return found;
  }

  private build<P extends Parameters, M extends Module<P>>(module: ModuleClass<P, M>, params: P): Shape {
    const body = new Body(module.name, this);
    const made = isolated(() => body.describe(() => {
      const m = new module(params);
      nameProperties(m);
      m.build();
      return m;
    }));
    return { made, name: this.enter(lower(made.moduleName, params, body, this.modules)) };
  }

  /** Adds a module, unless one of the same content is there: then that one's name. */
  private enter(module: LogicModule): string {
    const content = JSON.stringify({ ...module, name: "", parameters: {} });
    const same = this.names.get(content);
    if (same !== undefined) return same;
    const taken = new Set(this.modules.map((m) => m.name));
    let name = module.name;
    for (let n = 1; taken.has(name); n++) name = `${module.name}_${n}`;
    this.modules.push({ ...module, name });
    this.names.set(content, name);
    return name;
  }
}
