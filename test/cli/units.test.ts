/** Commands on units: generate, verify, vectors, lint, elaborate, in this process. */

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { contents, eachFolder, lapa, mistake, verified } from "./lapa";

const folder = eachFolder();
const at = (name: string): string => join(folder.path, name);
const small = ["--set", "headDim=4", "--set", "name=little"];

describe("generate", () => {
  test("writes the folder; the same twice; replaces what it wrote", async () => {
    expect(await lapa("generate", ...small, "--out", at("a"))).toMatchObject({ code: 0, err: "", out: expect.stringContaining("little.v") });
    await lapa("generate", ...small, "--out", at("b"));
    const first = contents(at("a"));
    expect(Object.keys(first)).toEqual(expect.arrayContaining(["little.v", "little.f", "manifest.json"]));
    expect(contents(at("b"))).toEqual(first);
    expect(JSON.parse(first["manifest.json"])).toMatchObject({ configuration: { unit: "aloc_dot", headDim: 4, name: "little", reset: "sync-high" } });
    await lapa("generate", "--config", "aloc-8", "--out", at("a"));
    expect(Object.keys(contents(at("a")))).toContain("lapa_aloc.v");
    expect(Object.keys(contents(at("a")))).not.toContain("little.v");
  });

  test("--reset decides the reset port", async () => {
    const { out } = await lapa("generate", ...small, "--out", at("a"), "--reset", "async-low", "--json");
    expect(JSON.parse(out)).toMatchObject({ ok: true, top: "little", configuration: { reset: "async-low" } });
    expect(contents(at("a"))["little.v"]).toContain("rst_n");
  });

  test("the top has the name it is given, even where a module below it would", async () => {
    const named = ["--set", "headDim=4", "--set", "name=lapa_pipeline_control_2"];
    await lapa("generate", ...named, "--out", at("a"));
    expect(Object.keys(contents(at("a")))).toEqual(expect.arrayContaining(["lapa_pipeline_control_2.f", "lapa_pipeline_control_2.v", "lapa_pipeline_control_2_1.v"]));
    expect(await verified(...named, "--engine", "builtin", "--trace", "corners")).toMatchObject({ code: 0 });
  });

  test("--schema prints a JSON Schema", async () => {
    const { code, out } = await lapa("generate", "--schema");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ $schema: expect.stringContaining("json-schema.org"), oneOf: expect.any(Array) });
  });

  test("bad input leaves the folder as it was", async () => {
    await lapa("generate", ...small, "--out", at("a"));
    const before = contents(at("a"));
    const refused = (...args: string[]): Promise<string> => mistake("generate", "--out", at("a"), ...args);
    expect(await refused("--set", "headim=4")).toMatch(/unknown key "headim" \(did you mean "headDim"\?\)/);
    for (const width of [0, 1, 65536]) expect(await refused("--set", `operandBits=${width}`)).toMatch(`operandBits is ${width}; allowed: an integer from 2 to 16`);
    expect(await refused("--set", "name=reg")).toMatch(/name is "reg", which is a reserved word/);
    expect(await refused("--config", at("nowhere.json"))).toMatch(/nowhere\.json: no such file/);
    expect(await refused("--config", folder.file("bad.json", '{ "operandBits": 8'))).toMatch(/bad\.json: is not JSON/);
    expect(await refused("--config", folder.file("latin.json", Buffer.from('{ "name": "caf\xe9" }', "latin1")))).toMatch(/latin\.json: is not UTF-8 text/);
    expect(await refused("--config", folder.path)).toMatch(/: cannot be read: EISDIR/);
    truncateSync(folder.file("huge.json", ""), 5e9);
    expect(await refused("--config", at("huge.json"))).toMatch(/huge\.json: cannot be read: /);
    expect(contents(at("a"))).toEqual(before);
    expect(readdirSync(folder.path).sort()).toEqual(["a", "bad.json", "huge.json", "latin.json"]);
  });

  test("folders that are not lapa's to write", async () => {
    mkdirSync(at("other"));
    writeFileSync(join(at("other"), "thesis.txt"), "x");
    expect(await mistake("generate", "--out", at("other"))).toMatch(/other is not empty, and lapa did not write it/);
    expect(contents(at("other"))).toEqual({ "thesis.txt": "x" });
    for (const [out, ...command] of [["rtl", "generate", ...small], ["v", "vectors", ...small, "--trace", "corners"]]) {
      await lapa(...command, "--out", at(out));
      mkdirSync(join(at(out), "deep"));
      writeFileSync(join(at(out), "deep/notes.txt"), "x");
      const before = contents(at(out));
      expect(await mistake(...command, "--out", at(out))).toMatch(/holds deep\/notes\.txt, which lapa did not write and would be lost/);
      expect(contents(at(out))).toEqual(before);
    }
    expect(await mistake("generate", "--out", at("n".repeat(300)))).toMatch(/cannot write .*: ENAMETOOLONG/);
    expect(await mistake("generate", "--out", join(at("nowhere"), "x"))).toMatch(/there is no folder/);
    expect(await mistake("generate", "--out", join(at("other"), "thesis.txt", "x"))).toMatch(/there is no folder/);
    expect(await mistake("generate", "--out", folder.file("file", ""))).toMatch(/it is a file/);
    expect(await mistake("generate", "--out", "/proc/lapa")).toMatch(/cannot write \/proc\/lapa/);
  });

  test("a folder that cannot be written", async () => {
    mkdirSync(at("locked"));
    chmodSync(at("locked"), 0o500);
    // Root writes anywhere: then there is nothing to refuse.
    const { code } = await lapa("generate", ...small, "--out", join(at("locked"), "x"));
    expect(code).toBe(process.getuid?.() === 0 ? 0 : 2);
    chmodSync(at("locked"), 0o700);
  });
});

describe("verify", () => {
  test("every engine, corners and a real trace; says how much was compared", async () => {
    const { code, ok, runs } = await verified("--set", "headDim=15", "--trace", "corners", "--trace", "ocr_in0_L00_H0", "--limit", "200");
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    expect(runs.map((r) => [r.engine, r.source, r.verdict, r.compared])).toEqual(
      ["corners", "ocr_in0_L00_H0"].flatMap((source) => ["builtin", "icarus", "verilator"].map((engine) => [engine, source, "pass", 200])));
    expect(runs[3].available).toBe(214 * 214);
  });

  test.each(["aloc-8", "aloc-8-nearest", "aloc-8-two-terms", "aloc-16", "aloc-dot-15", "aloc-dot-64-windowed", "aloc-dot-64-two-terms", "aloc-dot-64-key"])("preset %s", async (config) => {
    expect(await verified("--config", config, "--engine", "builtin", "--trace", "ocr_in0_L00_H0", "--trace", "corners", "--limit", "300")).toMatchObject({ code: 0, ok: true });
  });

  test.each(["sync-low", "async-high", "async-low"])("reset %s", async (reset) => {
    expect(await verified(...small, "--reset", reset, "--engine", "builtin", "--engine", "icarus", "--trace", "corners", "--limit", "50")).toMatchObject({ code: 0 });
  });

  test("narrow units leave out wide traces, and say so", async () => {
    const { code, out } = await lapa("verify", ...small, "--engine", "builtin");
    expect(code).toBe(0);
    expect(out).toMatch(/use_in0_L00_H0: skipped: trace use_in0_L00_H0 has dimension 64, and the unit has 4 lanes/);
    expect(out).toMatch(/builtin +corners +280 compared .* pass\nexercised [^]*\nPASS: 280 values compared in 1 run,/);
    expect(await mistake("verify", ...small, "--trace", "use_in0_L00_H0")).toMatch(/has dimension 64, and the unit has 4 lanes\n {2}hint: .*headDim=64/);
  });

  test("one changed gate is found, with the vector that shows it", async () => {
    await lapa("generate", "--set", "headDim=15", "--out", at("rtl"));
    const shifter = readdirSync(at("rtl")).find((f) => f.startsWith("lapa_aloc_shifter") && f.endsWith(".v"))!;
    const text = readFileSync(join(at("rtl"), shifter), "utf8");
    const broken = text.replace(/ \^ /, " & ");
    expect(broken).not.toBe(text);
    const check = ["verify", "--rtl", at("rtl"), "--trace", "ocr_in0_L00_H0", "--limit", "100", "--engine", "icarus"];
    expect(await lapa(...check)).toMatchObject({ code: 0, out: expect.stringContaining("PASS: 100 values") });
    writeFileSync(join(at("rtl"), shifter), broken);
    const { code, out } = await lapa(...check);
    expect(code).toBe(1);
    expect(out).toMatch(/first difference: cycle \d+, word \d+ of out, sum: expected -?\d+, got -?\d+\n +made from ocr_in0_L00_H0: query \d+, key \d+\n +log operand +-?\d+( -?\d+){14}\n +linear operand +-?\d+( -?\d+){14}\n/);
    expect(out).toMatch(/FAIL: 1 of 1 runs failed/);
    const control = join(at("rtl"), readdirSync(at("rtl")).find((f) => f.startsWith("lapa_pipeline_control") && f.endsWith(".v"))!);
    const silent = readFileSync(control, "utf8").replace(/out_valid = \w+;/, "out_valid = 1'b0;");
    writeFileSync(join(at("rtl"), shifter), text);
    writeFileSync(control, silent);
    expect(await lapa(...check)).toMatchObject({ code: 1, out: expect.stringMatching(/0 of 45,796 compared .* hang\n {2}hang: words are missing/) });
    writeFileSync(join(at("rtl"), shifter), text.replace("endmodule", "endmodul"));
    expect(await mistake(...check)).toMatch(/icarus rejects lapa_aloc_dot/);
  });

  test("Verilog of another configuration is said to be so", async () => {
    await lapa("generate", "--set", "headDim=15", "--out", at("rtl"));
    const check = ["verify", "--rtl", at("rtl"), "--trace", "corners", "--engine", "icarus", "--limit", "20"];
    expect(await lapa(...check)).toMatchObject({ code: 0, err: "" });
    // Its latency is another, which streams do not show: that it passes is no reason not to say it.
    const { code, err } = await lapa(...check, "--config", "aloc-dot-15");
    expect([code, err]).toEqual([0, expect.stringMatching(/^note: .*rtl was generated with treeRegisters=2; it is checked as treeRegisters=4\n$/)]);
    writeFileSync(join(at("rtl"), "manifest.json"), "null");
    expect(await lapa(...check, "--config", "aloc-dot-15")).toMatchObject({ code: 0, err: "" });
  });

  test("a sweep of one product: every pair of a narrow one, every x of a wide one", async () => {
    const sweep = (W: number): string[] => ["--config", "aloc-8", "--set", `operandBits=${W}`, "--trace", "sweep", "--engine", "builtin"];
    expect(await verified(...sweep(6))).toMatchObject({ code: 0, runs: [{ source: "sweep", available: 4096, compared: 4096 }] });
    expect(await verified(...sweep(12))).toMatchObject({ code: 0, runs: [{ available: 2 ** 24, compared: 2 ** 18 }] });
    await lapa("vectors", ...sweep(12).slice(0, -2), "--limit", "4200", "--out", at("v"));
    const words = readFileSync(join(at("v"), "in.hex"), "utf8").trim().split("\n").filter((line) => /^[\da-f]+$/.test(line));
    expect(words.length).toBe(4200);
    expect(new Set(words.map((word) => parseInt(word, 16) & 0xfff)).size).toBe(4096);
    expect(await mistake("verify", "--trace", "sweep")).toMatch(/sweep is every pair of two operands, and the unit takes 128/);
  });

  test("waveforms", async () => {
    for (const [engine, file] of [["builtin", "b.vcd"], ["icarus", "i.fst"]]) {
      expect(await lapa("verify", ...small, "--engine", engine, "--trace", "corners", "--limit", "20", "--wave", at(file))).toMatchObject({ code: 0 });
      expect(readFileSync(at(file)).length).toBeGreaterThan(1000);
    }
    expect(await mistake("verify", "--wave", at("x.vcd"))).toMatch(/a waveform is of one run, and these are 18/);
    expect(await mistake("verify", "--engine", "builtin", "--trace", "corners", "--wave", at("x.fst"))).toMatch(/builtin does not write fst/);
    expect(await mistake("verify", "--engine", "icarus", "--trace", "corners", "--wave", join(at("no"), "x.vcd"))).toMatch(/its folder does not exist/);
    expect(await mistake("verify", "--format", "vcd")).toMatch(/--format is for a waveform/);
  });

  test("no place for temporary files", async () => {
    const place = jest.spyOn(os, "tmpdir").mockReturnValue(at("nowhere"));
    const said = await lapa("verify", ...small, "--engine", "icarus", "--trace", "corners");
    place.mockRestore();
    expect(said).toMatchObject({ code: 2, err: expect.stringMatching(/cannot make a temporary folder in .*nowhere: ENOENT[^]*hint: set TMPDIR/) });
  });

  test("bad numbers, engines and folders", async () => {
    expect(await mistake("verify", "--limit", "0")).toMatch(/--limit is 0; allowed: an integer of 1 or more/);
    expect(await mistake("verify", "--limit", "many")).toMatch(/--limit takes a number/);
    expect(await mistake("verify", "--seed", "0")).toMatch(/--seed is 0; allowed: an integer from 1 to 4294967295/);
    expect(await mistake("verify", "--stall-in", "256")).toMatch(/--stall-in is 256; allowed: an integer from 0 to 255/);
    expect(await mistake("verify", "--engine", "modelsim")).toMatch(/Invalid values: .*"modelsim"/);
    expect(await mistake("verify", "--rtl", at("none"))).toMatch(/none\/manifest\.json: no such file/);
    expect(await mistake("verify", "--rtl", folder.path, "--config", "default")).toMatch(/has no Verilog/);
    expect(await mistake("verify", "--rtl", folder.path, "--engine", "builtin", "--config", "default")).toMatch(/simulates the circuit, not the Verilog/);
  });
});

describe("traces that are not sound", () => {
  const header = (h: object, data = 0, claim?: bigint): Uint8Array => {
    const text = Buffer.from(JSON.stringify(h));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(claim ?? BigInt(text.length));
    return Buffer.concat([length, text, Buffer.alloc(data)]);
  };
  const tensor = (dtype: string, shape: number[], from: number, to: number): object => ({ dtype, shape, data_offsets: [from, to] });
  const pair = { q: tensor("I8", [2, 4], 0, 8), k: tensor("I8", [2, 4], 8, 16) };

  test.each<[string, Uint8Array, RegExp]>([
    ["shapes that disagree", header({ ...pair, k: tensor("I8", [4, 2], 8, 16) }, 16), /has dimension 2, but the queries have 4/],
    ["a NaN scale", header({ ...pair, __metadata__: { scale_q: "NaN" } }, 16), /scale_q is "NaN"/],
    ["a header longer than the file", header(pair, 0, 5000n), /header/],
    ["a header of 10 GB", header(pair, 0, 10_000_000_000n), /header/],
    ["offsets past the end", header({ ...pair, k: tensor("I8", [2, 4], 8, 16) }, 9), /k/],
    ["a wrong type", header({ ...pair, q: tensor("BOOL", [2, 4], 0, 8) }, 16), /BOOL/],
    ["nothing", new Uint8Array(), /is empty/],
  ])("%s", async (_what, bytes, message) => {
    await lapa("vectors", ...small, "--trace", "corners", "--out", at("out"));
    const before = contents(at("out"));
    const file = folder.file("bad.safetensors", bytes);
    const said = await mistake("vectors", ...small, "--trace", file, "--out", at("out"));
    expect(said).toMatch(message);
    expect(said).toContain(file);
    expect(await mistake("verify", ...small, "--trace", file)).toBe(said);
    expect(contents(at("out"))).toEqual(before);
  });

  test("a missing one", async () => {
    expect(await mistake("verify", "--trace", at("no.safetensors"))).toMatch(/no\.safetensors: no such trace/);
  });
});

describe("vectors", () => {
  test("run by themselves on the emitted Verilog", async () => {
    await lapa("generate", "--config", "aloc-dot-15", "--out", at("rtl"));
    const { code, out } = await lapa("vectors", "--config", "aloc-dot-15", "--trace", "ocr_in0_L00_H0", "--limit", "40", "--out", at("v"), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, channels: [{ name: "in", count: 40 }, { name: "out", count: 40 }] });
    expect(Object.keys(contents(at("v")))).toEqual(["in.hex", "out.hex", "tb.v", "vectors.json"]);
    const verilog = readdirSync(at("rtl")).filter((f) => f.endsWith(".v")).map((f) => join(at("rtl"), f));
    execFileSync("iverilog", ["-g2005", "-s", "tb", "-o", "tb.vvp", "tb.v", ...verilog], { cwd: at("v") });
    expect(execFileSync("vvp", ["-n", "tb.vvp"], { cwd: at("v"), encoding: "utf8" })).toMatch(/lapa: PASS compared=40 /);
  });

  test("are of one source", async () => {
    expect(await mistake("vectors", "--trace", "all", "--out", at("v"))).toMatch(/--trace all is several sources/);
  });

  test("the same twice", async () => {
    for (const out of ["a", "b"]) await lapa("vectors", ...small, "--trace", "corners", "--out", at(out));
    expect(contents(at("a"))).toEqual(contents(at("b")));
  });
});

describe("lint", () => {
  test.each(["aloc-8", "aloc-dot-15"])("%s is clean", async (config) => {
    const { code, out } = await lapa("lint", "--config", config);
    expect(out).toMatch(/^verilator: clean\niverilog: clean\nyosys: clean\n.*no errors, 0 warnings; clean in 3 other tools\n$/);
    expect(code).toBe(0);
  });

  test("options for the other kind of design are refused", async () => {
    expect(await mistake("lint", "--top", "X")).toMatch(/--top and --params are for a module's file/);
    expect(await mistake("lint", "x.ts", "--set", "headDim=3")).toMatch(/--config and --set are for units/);
  });
});

describe("the speculation unit", () => {
  const unit = ["--config", "tiny", "--set", "headDim=15", "--set", "maxKeys=256"];

  test("is verified with stalls, and without against the cycle model", async () => {
    const { code, runs } = await verified(...unit, "--engine", "builtin", "--trace", "corners", "--trace", "ocr_in0_L00_H0", "--limit", "8");
    expect(code).toBe(0);
    expect(runs.map((r) => [r.source, r.stalled, r.verdict, r.modelCycles === r.cycles])).toEqual(
      [...["corners", "ocr_in0_L00_H0"].flatMap((source) => [[source, true, "pass", false], [source, false, "pass", true]]), ["wakes", true, "pass", false]]);
    expect(runs.every((r) => r.compared === r.available && r.compared > (r.source === "wakes" ? 20 : 300))).toBe(true);
    const { out } = await lapa("verify", "--config", "tiny", "--engine", "builtin", "--trace", "corners");
    expect(out).toMatch(/pass\n.* pass, without stalls, cycles as modelled\n.* wakes .* pass\n(exercised .*\n)+PASS: /);
  });

  test("one changed gate is found, with the row and the key that show it", async () => {
    await lapa("generate", "--config", "tiny", "--out", at("rtl"));
    const file = join(at("rtl"), readdirSync(at("rtl")).find((f) => f.startsWith("lapa_threshold_"))!);
    const text = readFileSync(file, "utf8");
    const broken = text.replace(/ \+ /, " - ");
    expect(broken).not.toBe(text);
    writeFileSync(file, broken);
    const { code, out } = await lapa("verify", "--rtl", at("rtl"), "--trace", "corners", "--engine", "icarus");
    expect(code).toBe(1);
    expect(out).toMatch(/first difference: cycle \d+, word \d+ of \w+, \w+: expected -?\d+, got -?\w+\n +made from corner: [^\n]*: query \d+/);
  });

  test("vectors and their test bench run by themselves", async () => {
    await lapa("generate", "--config", "tiny", "--out", at("rtl"));
    await lapa("vectors", "--config", "tiny", "--trace", "corners", "--out", at("vectors"));
    const rtl = readdirSync(at("rtl")).filter((f) => f.endsWith(".v")).map((f) => join(at("rtl"), f));
    expect(spawnSync("iverilog", ["-g2005", "-s", "tb", "-o", at("tb.vvp"), "tb.v", ...rtl], { cwd: at("vectors") }).status).toBe(0);
    expect(spawnSync("vvp", [at("tb.vvp")], { cwd: at("vectors"), encoding: "utf8" }).stdout).toMatch(/PASS/);
  });

  test("what does not fit is refused", async () => {
    expect(await mistake("verify", "--config", "tiny", "--trace", "use_in0_L00_H0")).toMatch(/has 128 keys, and the unit has room for 16\n {2}hint: .*--set headDim=64 --set maxKeys=128/);
    expect(await mistake("verify", "--config", "tiny", "--trace", "sweep")).toMatch(/the unit takes whole heads/);
    expect(await mistake("cycles", "--queries", "5", "--keys", "20")).toMatch(/needs --queries, --keys and --survivors/);
    expect(await mistake("cycles", "--queries", "5", "--keys", "20", "--survivors", "3,4")).toMatch(/no number larger than the one before it/);
    expect(await mistake("cycles", "--queries", "5", "--keys", "2000", "--survivors", "3,2")).toMatch(/--keys is 2000; allowed: an integer from 1 to 1024/);
    expect(await mistake("cycles", "--config", "default")).toMatch(/there are cycle models of speculation and attention only/);
  });

  test("cycles of a head by numbers are the speculation's, also of a top", async () => {
    const { code, out } = await lapa("cycles", "--config", "top-tiny", "--queries", "4", "--keys", "16", "--survivors", "6,4");
    expect([code, out]).toEqual([0, expect.stringMatching(/^the speculation in lapa_top, streams that never stall\n/)]);
  });

  test("cycles of a trace and of a head by numbers", async () => {
    const { code, out } = await lapa("cycles", "--queries", "100", "--keys", "1024", "--survivors", "200,60");
    expect(code).toBe(0);
    expect(out).toMatch(/\n100 queries, 1024 keys +\d+ +1026 +6\d\.\d\d +64\.00 +13\.00 +60\.00 +100\.0 %\n/);
    const { heads } = JSON.parse((await lapa("cycles", "--trace", "use_in0_L00_H0", "--json")).out);
    expect(heads).toEqual([expect.objectContaining({ name: "use_in0_L00_H0", queries: 128, load: 130 })]);
  });

  test("cycles of whole attention, and where they go", async () => {
    const args = ["cycles", "--config", "attention-base", "--trace", "use_in0_L00_H0"];
    const { code, out } = await lapa(...args);
    expect(code).toBe(0);
    const { heads: [head] } = JSON.parse((await lapa(...args, "--json")).out);
    expect(head).toMatchObject({ name: "use_in0_L00_H0", queries: 128, keys: 128 });
    const sum = (parts: Record<string, number>): number => Object.values(parts).reduce((total, n) => total + n, 0);
    for (const choice of ["filtered", "dense"]) for (const run of ["alone", "stream"]) {
      const { cycles, parts } = head[choice][run];
      expect(sum(parts)).toBeCloseTo(cycles, 9);
      expect(out).toMatch(new RegExp(`\n {2}${choice}, ${run} +${cycles} `));
    }
  });
});

test("a top comes with its registers, for C and for other tools, and with a driver", async () => {
  const { code } = await lapa("generate", "--config", "top-tiny", "--out", at("top"));
  expect(code).toBe(0);
  const files = contents(at("top"));
  expect(files["lapa_top.v"]).toMatch(/input +wire +\[11:0\] s_axil_awaddr/);
  expect(files["registers.h"]).toContain("#define");
  expect(files["registers.rdl"]).toMatch(/addrmap lapa_top/);
  expect(JSON.parse(files["manifest.json"]!).files.map((f: { path: string }) => f.path)).toEqual(expect.arrayContaining(["registers.h", "registers.rdl", "registers.md", "lapa.h", "lapa.c"]));
  const warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Wmissing-prototypes", "-Werror"];
  const { status, stderr } = spawnSync("gcc", ["-std=c99", ...warnings, "-fsyntax-only", join(at("top"), "lapa.c")], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

describe("a top is verified from bus to bus", () => {
  test("in every engine; on a real trace", async () => {
    // With a limit every engine is given the same.
    const { code, runs } = await verified("--config", "top-tiny", "--trace", "corners", "--limit", "12");
    expect(code).toBe(0);
    const of = (source: string) => runs.filter((r) => r.source === source);
    const twice = ["builtin", "icarus", "verilator"].flatMap((engine) => [[engine, "pass", runs[0]!.cycles], [engine, "pass", runs[1]!.cycles]]);
    expect(of("corners").map((r) => [r.engine, r.verdict, r.cycles])).toEqual(twice);
    expect(of("corners").map((r) => [r.stalled, r.isCounted])).toEqual([0, 1, 2].flatMap(() => [[true, false], [false, true]]));
    expect(of("wakes").map((r) => [r.engine, r.verdict, r.compared > 0])).toEqual(["builtin", "icarus", "verilator"].map((engine) => [engine, "pass", true]));
    const real = await verified("--config", "top-tiny", "--set", "headDim=15", "--set", "maxKeys=214", "--trace", "ocr_in0_L00_H0", "--engine", "builtin", "--limit", "4");
    expect(real).toMatchObject({ code: 0, runs: [{ verdict: "pass" }, { verdict: "pass", isCounted: true }] });
  }, 300_000);

  test("from a folder, with what stands around it: one changed gate is found", async () => {
    await lapa("generate", "--config", "top-tiny", "--out", at("rtl"));
    expect(Object.keys(contents(at("rtl"))).filter((name) => /bench|master/.test(name))).toEqual([]);
    const check = ["verify", "--rtl", at("rtl"), "--trace", "corners", "--engine", "icarus", "--limit", "12"];
    expect(await lapa(...check)).toMatchObject({ code: 0, out: expect.stringMatching(/icarus +corners +\d[\d,]* compared .* pass\n/) as string });
    const counters = readdirSync(at("rtl")).find((f) => f.startsWith("lapa_counters"))!;
    const text = readFileSync(join(at("rtl"), counters), "utf8");
    const broken = text.replace("rows <= rows + 32'd1", "rows <= rows");
    expect(broken).not.toBe(text);
    writeFileSync(join(at("rtl"), counters), broken);
    expect(await lapa(...check)).toMatchObject({ code: 1, out: expect.stringMatching(/word \d+ of replies, data: expected \d+, got 0\n +made from .*: read ROWS_DONE\n/) as string });
  });

  test("its vectors come with the modules between test bench and unit", async () => {
    await lapa("generate", "--config", "top-tiny", "--out", at("rtl"));
    const { out } = await lapa("vectors", "--config", "top-tiny", "--trace", "corners", "--limit", "12", "--out", at("v"));
    expect(out).toMatch(/lapa_axi_lite_master_12\.v, lapa_beat_source_4\.v, lapa_beat_sink_4\.v, lapa_top_bench\.v stand between the two\n/);
    const command = /run it there: (.*) RTL\/\*\.v && vvp/.exec(out)![1]!;
    execFileSync("sh", ["-c", `${command.replace("../tb.vvp", at("tb.vvp"))} ${at("rtl")}/*.v`], { cwd: at("v") });
    expect(execFileSync("vvp", [at("tb.vvp")], { cwd: at("v"), encoding: "utf8" })).toMatch(/PASS compared=\d+/);
    // The folder is lapa's, those modules too: it may be written again.
    expect(await lapa("vectors", "--config", "top-tiny", "--trace", "corners", "--limit", "12", "--out", at("v"))).toMatchObject({ code: 0, out });
  });
});
