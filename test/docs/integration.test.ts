/** What docs/integration.md shows is what happens, and its numbers are those of the models. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../../generator/build";
import type { HeadParameters } from "../../generator/lapa/config";
import { parseConfig } from "../../generator/lapa/config-schema";
import { presets } from "../../generator/lapa/presets";
import type { TopConfig } from "../../generator/lapa/unit-config";
import { elaborateUnit, unitCollateral } from "../../generator/lapa/units";
import { executeRow, headOf } from "../../sim/golden/execution";
import { speculate } from "../../sim/golden/speculation";
import { executionParameters } from "../../sim/metrics/execution-parameters";
import { radiusParameters } from "../../sim/metrics/radius";

const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "integration.md"), "utf8");
const bench = /```verilog\n([^]*?)```/.exec(page)![1]!;
const printed = /prints\n\n```\n([^]*?)```/.exec(page)![1]!;
const config = parseConfig(presets["top-tiny"]!.config, "top-tiny") as TopConfig;
const dim = config.headDim;

/** The registers of each head of the bench when it is started, by name. */
function startedHeads(): Readonly<Record<string, number>>[] {
  const map = unitCollateral(config).get("registers.md")!.matchAll(/^\| `0x([0-9a-f]+)` \| \[(\w+)\]/gm);
  const names = new Map([...map].map(([, address, name]) => [parseInt(address!, 16), name!]));
  const registers: Record<string, number> = {};
  return [...bench.matchAll(/write\(12'h([0-9a-f]+), (\d+)\);/g)].flatMap(([, address, value]) => {
    const name = names.get(parseInt(address!, 16))!;
    registers[name] = Number(value);
    return name === "CONTROL" ? [{ ...registers }] : [];
  });
}

/** The packets that the bench sends to a stream, feature after feature. */
const packets = (stream: string): Int16Array[] => [...bench.matchAll(new RegExp(`send_${stream}\\(256'h([0-9a-f_]+), (\\d+)\\)`, "g"))].map(([, digits, beats]) => {
  const bytes = Int16Array.from(digits!.replaceAll("_", "").match(/../g)!.reverse(), (b) => (parseInt(b, 16) << 24) >> 24);
  expect(bytes.length).toBe(Number(beats) * config.beatBytes);
  return bytes;
});

const [keys, values] = [packets("keys")[0]!, packets("values")[0]!];
const heads = startedHeads();

test("its bench prints what it says", () => {
  const folder = mkdtempSync(join(tmpdir(), "lapa-page-"));
  try {
    const { files } = build(elaborateUnit(config), { configuration: null, dialect: "verilog" }).design;
    for (const { name, text } of [...files, { name: "top_tb.v", text: bench }]) writeFileSync(join(folder, name), text);
    const run = (tool: string, args: readonly string[]): string => execFileSync(tool, args, { cwd: folder, encoding: "utf8" });
    expect(run("iverilog", ["-g2005", "-Wall", "-s", "tb", "-o", "top.vvp", "top_tb.v", ...files.map((f) => f.name)])).toBe("");
    expect(run("vvp", ["top.vvp"])).toBe(printed);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("these are the outputs of the golden model", () => {
  const expected = packets("queries").flatMap((queries, i) => {
    const r = heads[i]!;
    const parameters: HeadParameters = {
      mode: "radius", rounds: [{ rho: r["RHO_0_LO"]!, guard: r["GUARD_0"]! }, { rho: r["RHO_1_LO"]!, guard: 0 }], nValid: r["N_VALID"]!, causal: false, offset: 0,
    };
    expect([r["KEYS"]! * dim, r["ROWS"]! * dim]).toEqual([keys.length, queries.length]);
    const head = headOf(queries, keys, values, dim, config.operandBits);
    return [...speculate(queries, keys, dim, config, parameters)].flatMap((row) => Array.from(executeRow(head, row, { c: r["SCALE"]!, s: r["SHIFT"]! }).output));
  });
  const words = [...printed.matchAll(/^([0-9a-f]{8}) tkeep/gm)].flatMap(([, word]) => [3, 2, 1, 0].map((i) => (parseInt(word!.slice(2 * i, 2 * i + 2), 16) << 24) >> 24));
  expect(words).toEqual(expected);
  expect(page).toContain(`The first row is ${expected.slice(0, dim).join(" ")}: mostly the value of key 0, ${values.subarray(0, dim).join(" ")}, which`);
});

test("its registers are those of the scales that it names", () => {
  const trace = { dim, scaleQ: 1 / 16, scaleK: 1 / 16, attnScale: 1 / Math.sqrt(dim) };
  const { c, s } = executionParameters(trace.scaleQ * trace.scaleK * trace.attnScale)!;
  const rho = (margin: number): (number | undefined)[] => radiusParameters([margin, margin], [6, 0], trace, config).rounds.map((r) => ("rho" in r ? r.rho : undefined));
  expect([heads[0]!["SCALE"], heads[0]!["SHIFT"]]).toEqual([c, s]);
  expect(heads.map((r) => [r["RHO_0_LO"], r["RHO_1_LO"]])).toEqual([rho(4), rho(1)]);
  expect(page).toContain(`SHIFT = ${s}, SCALE = ${c}. RHO_0 = round(4 * 0.72 / (real * 16)) = ${rho(4)[0]}, RHO_1 = round(4 * 0.72 / real) = ${rho(4)[1]}.`);
});

test("its bytes are those keys", () => {
  const [, numbers, more] = /head below, ([-0-9 ]+) and ([-0-9 ]+), with/.exec(page)!;
  expect([...numbers!.split(" "), ...more!.split(" ")].map(Number)).toEqual([...keys.subarray(0, 2 * dim)]);
  const row = (name: string): string[] => new RegExp(`^\\| ${name} (.*)$`, "m").exec(page)![1]!.match(/`[^`]*`/g)!.map((text) => text.slice(1, -1));
  const bytes = row("bytes in memory").flatMap((beat) => beat.split(" ").map((b) => (parseInt(b, 16) << 24) >> 24));
  expect(bytes.slice(0, 8)).toEqual([...keys.subarray(0, 8)]);
  expect(bytes.slice(8)).toEqual([...keys.subarray(dim, dim + 8)]);
  expect(row("`tdata`".replaceAll("`", "."))).toEqual(row("bytes in memory").map((beat) => beat.split(" ").reverse().join("")));
});
