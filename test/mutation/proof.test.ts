import { identity } from "../../sim/mutation/fault";
import { allFaults } from "../../sim/mutation/faults";
import { enclosing, prove } from "../../sim/mutation/proof";
import { requireYosys } from "../formal/prove";
import { small, unseen } from "./duts";

requireYosys();

const proofOf = (text: string) => {
  const fault = allFaults(unseen, "dut").find((f) => identity(f) === text);
  if (fault === undefined) throw new Error(`no fault ${text} among\n${allFaults(unseen, "dut").map(identity).join("\n")}`);
  return prove(unseen, "dut", fault, 20);
};

test("what computes the same from every state is proved by its function", async () => {
  expect(await proofOf("dut most [compare] x > 4'd14 -> x >= 4'd14")).toEqual({ by: "function" });
  expect(await proofOf("dut most [constant] 4'd14 -> 4'd13")).toEqual({ by: "function" });
  expect(await proofOf("dut most [constant] 4'd14 -> 4'd15")).toBeNull();
  expect(await proofOf("dut show [constant] 1'b1 -> 1'b0")).toBeNull();
});

test("what nobody can see in any state that there is", async () => {
  expect(await proofOf("dut stored [reset value] 4'd5 -> 4'd6")).toEqual({ by: "reachable", scopes: ["dut"] });
  expect(await proofOf("dut stored [reset lost] 4'd5 -> stored")).toEqual({ by: "reachable", scopes: ["dut"] });
  expect(await proofOf("dut show [reset value] 1'b0 -> 1'b1")).toBeNull();
  expect(await proofOf("dut show [reset lost] 1'b0 -> show")).toBeNull();
});

test("a proof may look at what is around a module, wherever it is", async () => {
  const tried: string[] = [];
  const hides = (...hiding: string[]) => async (scope: string): Promise<boolean> => { tried.push(scope); return hiding.includes(scope); };
  expect(await enclosing(small, "dut", "half", hides("half"))).toEqual(["half"]);
  expect(await enclosing(small, "dut", "half", hides("dut"))).toEqual(["dut"]);
  expect(await enclosing(small, "dut", "half", hides())).toBeNull();
  expect(tried).toEqual(["half", "half", "dut", "half", "dut"]);
});
