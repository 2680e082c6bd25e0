/** From a module to what the engines take. */

import { elaborate, type LogicModule, type Module, type ModuleClass, type Parameters, runPasses, verilogModule } from "lapa";
import type { Design } from "../../sim/engines/engine";

export function build<P extends Parameters, M extends Module<P>>(module: ModuleClass<P, M>, params: P): Design {
  const { circuit } = runPasses(elaborate(module, params));
  const files = circuit.modules.map((m) => ({ name: `${m.name}.v`, text: verilogModule(m as LogicModule, circuit) }));
  return { circuit, files };
}
