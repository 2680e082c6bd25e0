/** What every engine must do; each engine's test file calls it. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResetKind } from "../../generator/ir/types";
import type { Engine, RunOptions } from "../../sim/engines/engine";
import { adder, adderVectors, delay, delayVectors, flood, goodWords, stage, stageVectors, type Word } from "./duts";
import { modelRun } from "./protocol-model";

const free: RunOptions = { stalls: { seed: 1, input: 0, output: 0 } };

/** A new folder, removed after the tests of the block that asks for it. */
export function scratch(): string {
  const dir = mkdtempSync(join(tmpdir(), "lapa-test-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Fails, rather than skips, where the tool is missing. */
export function requireTool(engine: Engine, install: string): void {
  beforeAll(async () => {
    if ((await engine.version()) === null) throw new Error(`${engine.name} cannot run here; these tests need it: ${install}`);
  });
}

export function engineSuite(engine: Engine): void {
  const dir = scratch();
  // Runs of this file make their temporary folders here, where nobody else does.
  const temporary = join(dir, "tmp");
  mkdirSync(temporary);
  // Not by TMPDIR: a test's environment is a copy.
  jest.spyOn(os, "tmpdir").mockReturnValue(temporary);

  describe("streams", () => {
    it.each([[1, 0, 0], [1, 64, 64], [2, 200, 10], [3, 10, 200], [0xfffffff0, 255, 255], [-5, 128, 0]])(
      "agrees with the protocol, cycle for cycle: seed %d, stalls %d and %d", async (seed, input, output) => {
        const stalls = { seed, input, output };
        const words = goodWords(60);
        // Every expected word differs in both fields, so that the report tells when each of the first five arrived.
        const wrong = words.map((w) => ({ a: w.a ^ 1, fault: 2 as const }));
        const model = modelRun(words, words.length, stalls, 10_000);
        const good = await engine.run(stage, stageVectors(words), { stalls });
        expect(good).toMatchObject({ engine: engine.name, verdict: "pass", compared: 60, cycles: model.cycles, mismatches: [] });
        const bad = await engine.run(stage, stageVectors(words, wrong), { stalls });
        expect(bad).toMatchObject({ verdict: "mismatch", compared: 60, cycles: model.cycles });
        expect(bad.mismatches).toEqual(model.received.slice(0, 5).flatMap(({ cycle, word }, index) => [
          { channel: "out", index, cycle, field: "a", expected: hex4(word.a ^ 1), got: hex4(word.a) },
          { channel: "out", index, cycle, field: "fault", expected: "2", got: "0" },
        ]));
      });

    it("reports a wrong bit, and goes on", async () => {
      const words = [...goodWords(40), { a: 0x1234, fault: 1 as const }, ...goodWords(3)];
      const stalls = { seed: 9, input: 30, output: 90 };
      const model = modelRun(words, 44, stalls, 100);
      const result = await engine.run(stage, stageVectors(words), { stalls });
      expect(result).toMatchObject({ verdict: "mismatch", compared: 44, cycles: model.cycles });
      expect(result.mismatches).toEqual([
        { channel: "out", index: 40, cycle: model.received[40].cycle, field: "a", expected: "1234", got: "1334" },
      ]);
    });

    it.each([[7, 0, 0], [8, 99, 99]])("sees a dropped word as a hang: seed %d, stalls %d and %d", async (seed, input, output) => {
      const words: Word[] = [...goodWords(20), { a: 1, fault: 2 }];
      const stalls = { seed, input, output };
      const model = modelRun(words, 21, stalls, 300);
      expect(model.verdict).toBe("hang");
      const result = await engine.run(stage, stageVectors(words), { stalls, hangCycles: 300 });
      expect(result).toMatchObject({ verdict: "hang", compared: 20, cycles: model.cycles, mismatches: [] });
    });

    it.each([[7, 0, 0], [8, 0, 240], [4, 200, 0]])("sees a word nobody expects: seed %d, stalls %d and %d", async (seed, input, output) => {
      const words: Word[] = [...goodWords(20), { a: 1, fault: 3 }];
      const stalls = { seed, input, output };
      const model = modelRun(words, 21, stalls, 300);
      expect(model.verdict).toBe("extra");
      const result = await engine.run(stage, stageVectors(words), { stalls });
      expect(result).toMatchObject({ verdict: "extra", compared: 21, cycles: model.cycles, mismatches: [] });
    });

    it("ends although words that nobody expects do not", async () => {
      const silence = [0, 1].map(() => ({ a: 0, fault: 0 as const }));
      const result = await engine.run(flood, { ...stageVectors(goodWords(3), silence), design: "flood" }, { ...free, hangCycles: 300 });
      expect(result).toMatchObject({ verdict: "extra", compared: 2, cycles: 302, mismatches: [] });
    });

    it("prefers mismatch to extra", async () => {
      const words: Word[] = [{ a: 5, fault: 1 }, { a: 1, fault: 3 }];
      expect(await engine.run(stage, stageVectors(words), free)).toMatchObject({ verdict: "mismatch", compared: 2, cycles: 4 });
    });

    it("stops early on a hang: the count of cycles is up to the last word", async () => {
      const result = await engine.run(stage, stageVectors(goodWords(4), goodWords(5)), { ...free, hangCycles: 1 });
      expect(result).toMatchObject({ verdict: "hang", compared: 4, cycles: 5 });
    });

    it("runs with no words at all", async () => {
      expect(await engine.run(stage, stageVectors([]), free)).toMatchObject({ verdict: "pass", compared: 0, cycles: 0 });
    });

    it("compares nothing when told so", async () => {
      const vectors = stageVectors(goodWords(10), goodWords(10).map((w) => ({ ...w, a: 0 })));
      expect(await engine.run(stage, vectors, { ...free, compare: false })).toMatchObject({ verdict: "pass", compared: 0, cycles: 11, mismatches: [] });
    });
  });

  describe("cycles", () => {
    it("runs a combinational design", async () => {
      expect(await engine.run(adder, adderVectors(50), free)).toMatchObject({ verdict: "pass", compared: 50, cycles: 50 });
    });

    it("names word, cycle and field of a difference", async () => {
      const vectors = adderVectors(3);
      vectors.channels[1].data[3] ^= 1 << 9; // bit 41 of word 1: its field `odd`
      const result = await engine.run(adder, vectors, free);
      const odd = vectors.channels[1].data[3] >>> 9 & 1;
      expect(result).toMatchObject({ verdict: "mismatch", compared: 3, cycles: 3 });
      expect(result.mismatches).toEqual([{ channel: "out", index: 1, cycle: 1, field: "odd", expected: String(odd), got: String(1 - odd) }]);
    });

    it.each<ResetKind>(["sync-high", "sync-low", "async-high", "async-low"])("starts a clocked design from its reset: %s", async (kind) => {
      expect(await engine.run(delay(kind), delayVectors(20), free)).toMatchObject({ verdict: "pass", compared: 20, cycles: 20 });
    });
  });

  describe("waveforms", () => {
    it.each(engine.waves)("writes %s", async (format) => {
      const file = join(dir, `with space.${format}`);
      const result = await engine.run(stage, stageVectors(goodWords(5)), { ...free, wave: { file, format } });
      expect(result.verdict).toBe("pass");
      if (format === "vcd") expect(readFileSync(file, "utf8")).toMatch(/\$var \w+ +1 \S+ out_valid \$end/);
      else expect(statSync(file).size).toBeGreaterThan(300);
    });

    it("rejects a folder that does not exist, before it runs", async () => {
      const wave = { file: join(dir, "none", "x.vcd"), format: "vcd" } as const;
      await expect(engine.run(stage, stageVectors(goodWords(5)), { ...free, wave })).rejects.toThrow(/its folder does not exist/);
    });
  });

  it("rejects options out of range, before it runs", async () => {
    const run = (options: Partial<RunOptions>): Promise<unknown> => engine.run(stage, stageVectors(goodWords(5)), { ...free, ...options });
    await expect(run({ stalls: { seed: 1, input: 256, output: 0 } })).rejects.toThrow("a stall chance is 0 to 255, not 256");
    await expect(run({ hangCycles: 0 })).rejects.toThrow(/hangs is 1 to/);
  });

  it("reports progress", async () => {
    const count = engine.name === "icarus" ? 2_000 : 200_000;
    const seen: [number, number][] = [];
    await engine.run(stage, stageVectors(goodWords(count)), { ...free, progress: (done, total) => seen.push([done, total]) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).sort((a, b) => a - b));
    expect(seen.every(([done, total]) => done > 0 && done <= total && total === count)).toBe(true);
  });

  it("stops when aborted, and leaves nothing behind", async () => {
    const aborter = new AbortController();
    const endless = engine.run(stage, stageVectors(goodWords(1), goodWords(2)), {
      ...free, hangCycles: 2 ** 31, signal: aborter.signal, progress: () => aborter.abort(new Error("enough")),
    });
    await expect(endless).rejects.toThrow("enough");
    expect(readdirSync(temporary)).toEqual([]);
    await expect(engine.run(stage, stageVectors([]), { ...free, signal: aborter.signal })).rejects.toThrow("enough");
  });
}

/** What engines that run the emitted Verilog must do besides. */
export function verilogSuite(engine: Engine): void {
  it("hands on what the tool says about a design that it rejects", async () => {
    const broken = { ...adder, files: [{ name: "adder.v", text: "module adder (input wire a;\nendmodule\n" }] };
    await expect(engine.run(broken, adderVectors(1), free)).rejects.toThrow(/rejects adder:[^]*rtl\/adder\.v:1/);
  });
}

const hex4 = (n: number): string => n.toString(16).padStart(4, "0");
