import { icarusEngine } from "../../sim/engines/icarus";
import { goodWords, stageVectors, unresetStage } from "./duts";
import { engineSuite, requireTool, verilogSuite } from "./engine-suite";

requireTool(icarusEngine, "apt-get install iverilog");
engineSuite(icarusEngine);
verilogSuite(icarusEngine);

it("reports an unknown valid, rather than take it for no word", async () => {
  const result = await icarusEngine.run(unresetStage, stageVectors(goodWords(3)), { stalls: { seed: 1, input: 0, output: 0 } });
  expect(result.verdict).toBe("mismatch");
  expect(result.mismatches[0]).toEqual({ channel: "out", index: 0, cycle: 0, field: "valid", expected: "1", got: "x" });
});

it("says which version it is", async () => {
  expect(await icarusEngine.version()).toMatch(/^\d+\.\d+/);
});
