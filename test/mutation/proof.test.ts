import { identity } from "../../sim/mutation/fault";
import { enclosing, prove } from "../../sim/mutation/proof";
import { withFault } from "../../sim/mutation/instrument";
import { allFaults, sample } from "../../sim/mutation/faults";
import { Simulator } from "../../sim/engines/builtin";
import { advanceStall, stallSeed } from "../../sim/vectors/stalls";
import { build } from "../lapa/build";
import { GuardedQueue } from "./designs/guarded-queue";
import { requireYosys } from "../formal/prove";
import type { Circuit } from "../../generator/ir/types";
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

/** What the queue shows in each of some thousand cycles, from one of several initial states. */
function shown(circuit: Circuit, seed: number): string {
  const sim = new Simulator(circuit, { initSeed: seed });
  sim.reset();
  let random = stallSeed(seed, 1);
  return Array.from({ length: 3000 }, (_, t) => {
    random = advanceStall(random);
    // Full for a while, then empty for a while.
    const isFilling = Math.floor(t / 40) % 2 === 0;
    sim.poke("wants", BigInt(random & (isFilling ? 1 : random >>> 1)) & 1n);
    sim.poke("ready", BigInt((random >>> 2) & (isFilling ? random >>> 3 : 1)) & 1n);
    sim.poke("data", BigInt((random >>> 4) & 3));
    const seen = `${sim.peek("valid")}${sim.peek("out")}`;
    sim.step();
    return seen;
  }).join("");
}

test("what is seen in a simulation is not proved, and what is not seen is: a queue, its memory, its credits", async () => {
  const { circuit } = build(GuardedQueue, { depth: 3 });
  const root = circuit.top;
  const seeds = [1, 2, 3, 4];
  const right = seeds.map((seed) => shown(circuit, seed));
  const faults = allFaults(circuit, root).map((fault) => {
    const faulty = withFault(circuit, fault);
    return { fault, isSeen: seeds.some((seed, i) => shown(faulty, seed) !== right[i]) };
  });
  const seen = sample(faults.filter((f) => f.isSeen).map((f) => f.fault), 12, 1);
  for (const fault of seen) expect([identity(fault), await prove(circuit, root, fault, 10)]).toEqual([identity(fault), null]);
  const unseenOnes = faults.filter((f) => !f.isSeen).map((f) => f.fault);
  expect(unseenOnes.length).toBeGreaterThan(3);
  for (const fault of unseenOnes) expect([identity(fault), await prove(circuit, root, fault, 10)]).not.toEqual([identity(fault), null]);
});
