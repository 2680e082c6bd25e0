import { appendFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { verilatorEngine } from "../../sim/engines/verilator";
import { goodWords, stage, stageVectors } from "./duts";
import { engineSuite, requireTool, scratch, verilogSuite } from "./engine-suite";

const cacheHome = scratch();
process.env.XDG_CACHE_HOME = cacheHome;
const entries = join(cacheHome, "lapa", "verilator");
const run = (count: number, seed = 1) =>
  verilatorEngine.run(stage, stageVectors(goodWords(count)), { stalls: { seed, input: 40, output: 40 } });

requireTool(verilatorEngine, "apt-get install verilator g++ make");
engineSuite(verilatorEngine);
verilogSuite(verilatorEngine);

describe("build cache", () => {
  it("serves other words, seeds and stalls from one build", async () => {
    await run(9);
    const before = readdirSync(entries);
    expect(await run(16, 2)).toMatchObject({ verdict: "pass", compared: 16 });
    expect(await run(10, 3)).toMatchObject({ verdict: "pass", compared: 10 });
    expect(readdirSync(entries)).toEqual(before);
  });

  it("keeps the run-time library for every design", async () => {
    await run(9);
    const inodes = (): Map<string, number> => new Map(readdirSync(entries).map((entry) => [entry, statSync(join(entries, entry)).ino]));
    const before = inodes();
    // Another design, because of the comment; nothing of the library is stored anew.
    const [file] = stage.files;
    const other = { ...stage, files: [{ ...file, text: `${file.text}// Once more.\n` }] };
    const result = await verilatorEngine.run(other, stageVectors(goodWords(9)), { stalls: { seed: 1, input: 0, output: 0 } });
    expect(result).toMatchObject({ verdict: "pass", compared: 9 });
    const after = inodes();
    expect(after.size).toBe(before.size + 1);
    expect([...before].filter(([entry, inode]) => after.get(entry) !== inode)).toEqual([]);
  });

  it("builds again what is damaged", async () => {
    await run(9);
    for (const entry of readdirSync(entries)) appendFileSync(join(entries, entry, "content"), "x");
    const sizes = readdirSync(entries).map((entry) => statSync(join(entries, entry, "content")).size);
    expect(await run(9)).toMatchObject({ verdict: "pass", compared: 9 });
    expect(readdirSync(entries).map((entry) => statSync(join(entries, entry, "content")).size)).not.toEqual(sizes);
  });

  it("stands several runs at once", async () => {
    const results = await Promise.all([run(100), run(100, 2)]);
    expect(results.map((r) => r.verdict)).toEqual(["pass", "pass"]);
    expect(readdirSync(entries).filter((n) => n.startsWith("new-"))).toEqual([]);
  });
});

it("says which version it is", async () => {
  expect(await verilatorEngine.version()).toMatch(/^\d+\.\d+/);
});
