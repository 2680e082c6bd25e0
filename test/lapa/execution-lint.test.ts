/** The units of execution in other people's tools. */

import { elaborate, type Circuit, type Module, type ModuleClass, type Parameters, type ResetKind } from "lapa";
import { build } from "../../generator/build";
import { Probability } from "../../generator/lapa/probability";
import { RoundingDivider } from "../../generator/lapa/rounding-divider";
import { denominatorBits, SoftmaxLane } from "../../generator/lapa/softmax-lane";
import { lintVerilog } from "../../sim/lint";

const made = <P extends Parameters, M extends Module<P>>(module: ModuleClass<P, M>, params: NoInfer<P>, reset: ResetKind = "sync-high") =>
  [`${module.name} ${JSON.stringify(params)} ${reset}`, (): Circuit => elaborate(module, params, { reset })] as const;

const designs = [
  made(SoftmaxLane, { scoreBits: 8, maxKeys: 1, blackBox: false }), made(SoftmaxLane, { scoreBits: 23, maxKeys: 5, blackBox: false }, "async-low"),
  made(SoftmaxLane, { scoreBits: 40, maxKeys: 1024, blackBox: true }), made(SoftmaxLane, { scoreBits: 1, maxKeys: 2, blackBox: false }, "sync-low"),
  made(Probability, { scoreBits: 1 }), made(Probability, { scoreBits: 40 }),
  made(RoundingDivider, { operandBits: 8, denominatorBits: denominatorBits({ maxKeys: 1024 }), bitsPerStage: 2 }),
  made(RoundingDivider, { operandBits: 2, denominatorBits: 8, bitsPerStage: 1 }, "async-low"),
  made(RoundingDivider, { operandBits: 16, denominatorBits: 24, bitsPerStage: 5 }, "sync-low"), made(RoundingDivider, { operandBits: 4, denominatorBits: 2, bitsPerStage: 9 }),
];

test.each(designs)("%s: not a word from Verilator, Icarus and Yosys, nor from lapa", async (_, circuit) => {
  const elaborated = circuit();
  const dialects = ["verilog", "systemverilog"] as const;
  for (const dialect of dialects) {
    const { design, synthesis, warnings } = build(elaborated, { configuration: null, dialect });
    expect(warnings).toEqual([]);
    for (const { tool, version, messages, clean } of await lintVerilog(design.circuit.top, synthesis)) expect([tool, version === null, messages, clean]).toEqual([tool, false, "", true]);
  }
});
