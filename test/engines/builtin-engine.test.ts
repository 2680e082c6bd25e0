import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtinEngine } from "../../sim/engines/builtin";
import { assign, circuit, logic, ref } from "../emit/build";
import { adder, adderVectors, channel, delay, delayVectors, goodWords, stage, stageVectors } from "./duts";
import { engineSuite, scratch } from "./engine-suite";

const free = { stalls: { seed: 1, input: 0, output: 0 } };
const dir = scratch();

engineSuite(builtinEngine);

it("is the version of the package", async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, "../../../package.json"), "utf8")) as { version: string };
  expect(await builtinEngine.version()).toBe(version);
  expect(await builtinEngine.run(adder, adderVectors(1), free)).toMatchObject({ engine: "builtin", version });
});

it("shows state that nobody resets: it differs from seed to seed", async () => {
  const body = [assign("y", ref("r", 16))];
  const design = { circuit: circuit([logic("unset", { ports: ["input a 1", "output y 16"], signals: ["reg r 16"], body })]), files: [] };
  const vectors = {
    schema: "lapa-vectors/1" as const, design: "unset", mode: "cycles" as const, constants: [],
    channels: [channel("x", "input", [["a", 1]], [[0n]]), channel("z", "output", [["y", 16]], [[0n]])],
  };
  const got = async (initSeed: number): Promise<string | undefined> => (await builtinEngine.run(design, vectors, { ...free, initSeed })).mismatches[0]?.got;
  expect(await got(1)).toBe(await got(1));
  expect(await got(1)).not.toBe(await got(2));
});

it("keeps ten mismatches, one a field", async () => {
  const words = goodWords(30);
  const result = await builtinEngine.run(stage, stageVectors(words, words.map((w) => ({ a: w.a ^ 1, fault: 2 as const }))), free);
  expect(result).toMatchObject({ verdict: "mismatch", compared: 30 });
  expect(result.mismatches.map((m) => `${m.index} ${m.field}`)).toEqual([0, 1, 2, 3, 4].flatMap((i) => [`${i} a`, `${i} fault`]));
});

it("refuses vectors for something else", async () => {
  await expect(builtinEngine.run(stage, adderVectors(1), free)).rejects.toThrow(/do not fit stage: they are for adder/);
  const narrow = delayVectors(3);
  const wrong = { ...narrow, constants: [{ ...narrow.constants[0]!, width: 7 }] };
  await expect(builtinEngine.run(delay("sync-high"), wrong, free)).rejects.toThrow(/port gain has 8 bits, not 7/);
});

it("writes clock and reset: four edges of reset, then the run", async () => {
  const file = join(dir, "delay.vcd");
  await builtinEngine.run(delay("sync-low"), delayVectors(3), { ...free, wave: { file, format: "vcd" } });
  const text = readFileSync(file, "utf8");
  const [clk, rst] = ["clk", "rst_n"].map((name) => text.split("\n").find((line) => line.includes(` ${name} `))!.split(" ")[3]!);
  const edges = text.split("$enddefinitions")[1]!.split(`\n1${clk}\n`);
  expect(edges).toHaveLength(1 + 4 + 3);
  expect(edges.findIndex((part) => part.split("\n").includes(`1${rst}`))).toBe(4);
});

it("rejects other waveforms", async () => {
  const wave = { file: join(dir, "x.fst"), format: "fst" } as const;
  await expect(builtinEngine.run(adder, adderVectors(1), { ...free, wave })).rejects.toThrow("builtin does not write fst waveforms");
});
