import { elaborate, type Module, type ModuleClass, type Parameters } from "lapa";
import { build } from "../../generator/build";
import type { Dialect } from "../../generator/emit/dialect";
import { parseConfig } from "../../generator/lapa/config-schema";
import { presets } from "../../generator/lapa/presets";
import { elaborateUnit } from "../../generator/lapa/units";
import { MacArray } from "../../generator/rivals/mac-array";
import { lintVerilog } from "../../sim/lint";
import { Counter } from "../../examples/1-counter";
import { Fir } from "../../examples/2-fir";
import { SerialTransmitter } from "../../examples/3-fsm";
import { Fifo } from "../../examples/4-fifo";
import { BestKey } from "../../examples/5-best-key";

const made = <P extends Parameters, M extends Module<P>>(name: string, module: ModuleClass<P, M>, params: NoInfer<P>) => [name, () => elaborate(module, params)] as const;

const designs = [
  made("example 1", Counter, Counter.defaults), made("example 2", Fir, Fir.defaults), made("example 3", SerialTransmitter, SerialTransmitter.defaults),
  made("example 4", Fifo, Fifo.defaults), made("example 5", BestKey, BestKey.defaults),
  made("systolic array", MacArray, { rows: 3, columns: 2, operandBits: 8, accumulatorBits: 32 }),
  ...Object.entries(presets).map(([name, preset]) => [name, () => elaborateUnit(parseConfig(preset.config, name))] as const),
];

describe.each(["verilog", "systemverilog"] as const satisfies readonly Dialect[])("%s", (dialect) => {
  test.each(designs)("%s: not a word from Verilator, Icarus and Yosys, nor from lapa", async (_, elaborated) => {
    const { design, synthesis, warnings } = build(elaborated(), { configuration: null, dialect });
    expect(warnings).toEqual([]);
    for (const { tool, version, messages, clean } of await lintVerilog(design.circuit.top, synthesis)) {
      expect(version === null ? `${tool} is not installed: node scripts/test.mjs installs it` : messages).toBe("");
      expect(clean).toBe(true);
    }
  });
});
