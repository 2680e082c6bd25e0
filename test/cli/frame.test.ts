import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { reportOf } from "../../generator/cli/report";
import { commands } from "../../generator/cli/run";
import { lapa, mistake } from "./lapa";

const program = resolve(__dirname, "../../generator/cli/main.js");

test("the program itself runs, and a reader who leaves early is no error", () => {
  expect(spawnSync(process.execPath, [program, "--version"], { encoding: "utf8" })).toMatchObject({ status: 0, stdout: "0.1.0\n", stderr: "" });
  const piped = spawnSync("sh", ["-c", `"${process.execPath}" "${program}" explain | true`], { encoding: "utf8" });
  expect(piped).toMatchObject({ status: 0, stderr: "" });
  const full = spawnSync("sh", ["-c", `"${process.execPath}" "${program}" explain > /dev/full`], { encoding: "utf8" });
  expect(full).toMatchObject({ status: 2, stderr: expect.stringMatching(/^error: cannot write standard output: ENOSPC/) });
});

test("a design that ends the program, or fails later, is not taken for a success or a failed check", () => {
  const folder = mkdtempSync(join(tmpdir(), "lapa-test-"));
  const ended = (text: string): object => {
    writeFileSync(join(folder, "design.ts"), text);
    return spawnSync(process.execPath, [program, "elaborate", join(folder, "design.ts")], { encoding: "utf8", env: { ...process.env, XDG_CACHE_HOME: folder } });
  };
  expect(ended("process.exit(0);")).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("hint: a design must not call process.exit") });
  for (const later of ['void Promise.reject(new Error("later"));', 'setTimeout(() => { throw new Error("later"); }, 0);']) {
    expect(ended(later)).toMatchObject({ status: 2, stdout: "", stderr: expect.stringMatching(/^design\.ts:1:\d+: error LAPA-E019: .*later\n {2}hint: .*no promise and no timer/m) });
  }
  // What is no error carries no place.
  expect(ended('void Promise.reject("later");')).toMatchObject({ status: 70, stderr: expect.stringMatching(/internal error: .*later/) });
  rmSync(folder, { recursive: true });
});

describe.each(Object.keys(commands))("lapa %s", (name) => {
  test("--help shows its summary, examples and options", async () => {
    const { code, out, err } = await lapa(name, "--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`lapa ${name}`);
    expect(out).toContain(commands[name].summary);
    expect(out).toMatch(/Examples:\n +lapa /);
    expect(out).toContain("--json");
    expect((await lapa(name, "-h")).out).toBe(out);
  });

  test("an unknown option is a mistake, with a suggestion", async () => {
    expect(await mistake(name, "--jsn")).toBe(`error: unknown option --jsn (did you mean "json"?)\n  hint: lapa ${name} --help shows examples`);
  });

  test("an argument too many is a mistake", async () => {
    expect(await mistake(name, "one", "two")).toMatch(/^error: lapa \w+: unexpected argument "(one|two)"/);
  });
});

test("lapa --help lists every command; lapa alone does so as a mistake", async () => {
  const { code, out } = await lapa("--help");
  expect(code).toBe(0);
  for (const [name, { summary }] of Object.entries(commands)) expect(out).toMatch(new RegExp(`lapa ${name} .*${summary.slice(0, 20)}`));
  expect(out).toContain("Exit codes:");
  expect(await lapa()).toEqual({ code: 2, out: "", err: out });
});

test("mistakes in the command line", async () => {
  expect(await mistake("explian")).toMatch(/^error: unknown command "explian" \(did you mean "explain"\?\)\n {2}hint: commands: /);
  expect(await mistake("toString")).toMatch(/^error: unknown command "toString"/);
  expect(await mistake("--verison")).toMatch(/unknown option --verison \(did you mean "--version"\?\)/);
  expect(await mistake("--debug")).toMatch(/there is no command/);
  expect(await mistake("elaborate", "x.ts", "--top")).toMatch(/^error: Not enough arguments following: top/);
  expect(await mistake("elaborate", "x.ts", "--top=")).toMatch(/^error: --top is empty/);
  expect(await mistake("elaborate", "x.ts", "--top", "A", "--top", "B")).toMatch(/^error: --top is given more than once/);
  expect(await mistake("elaborate", "x.ts", "--reset", "sync")).toMatch(/^error: Invalid values: .*"sync".*"sync-high"/);
});

test("--json: one object, also for mistakes", async () => {
  const listed = await lapa("presets", "--json");
  expect(JSON.parse(listed.out)).toMatchObject({ ok: true, presets: expect.arrayContaining([expect.objectContaining({ name: "default" })]) });
  expect((await lapa("--json", "presets")).out).toBe(listed.out);
  const { code, out, err } = await lapa("explain", "E999", "--json");
  expect({ code, err }).toEqual({ code: 2, err: "" });
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { message: 'there is no diagnostic "E999"' } });
});

test("an internal error asks for a report, and shows its stack only when told to", () => {
  const error = new TypeError("x is not a function");
  expect(reportOf(error, false)).toMatchObject({ code: 70, text: "internal error: x is not a function: please report it; --debug shows where" });
  expect(reportOf(error, true).text).toContain("frame.test");
});

describe("explain", () => {
  test("takes a code in any form", async () => {
    const { code, out } = await lapa("explain", "LAPA-E001");
    expect(code).toBe(0);
    expect(out).toMatch(/^# LAPA-E001: .*[^]*Fails:[^]*Passes:/);
    for (const form of ["lapa-e001", "E001", "e1", "E-001"]) expect((await lapa("explain", form)).out).toBe(out);
    expect(JSON.parse((await lapa("explain", "E1", "--json")).out)).toMatchObject({ ok: true, code: "LAPA-E001", page: out });
  });

  test("lists all; says which there are for a code that is none", async () => {
    expect((await lapa("explain")).out).toMatch(/^LAPA-E001 {2}\S.*\n(LAPA-\w\d{3} {2}\S.*\n)+$/);
    expect(await mistake("explain", "LAPA-E008")).toMatch(/^error: there is no diagnostic "LAPA-E008"\n {2}hint: known: LAPA-E001 to E007, E009 to E\d+.*; LAPA-W001 to W\d+; lapa explain lists them with their titles$/);
    expect(await mistake("explain", "../README")).toMatch(/there is no diagnostic/);
  });
});

test("doctor names versions, or what a missing tool would add", async () => {
  const here = JSON.parse((await lapa("doctor", "--json")).out) as { ok: boolean; tools: { name: string; version: string | null }[] };
  expect(here.ok).toBe(true);
  expect(here.tools.map((t) => t.name)).toEqual(expect.arrayContaining(["iverilog", "verilator", "yosys", "git"]));
  const bare = spawnSync(process.execPath, [program, "doctor"], { encoding: "utf8", env: { PATH: "/nowhere" } });
  expect(bare.status).toBe(0);
  expect(bare.stdout).toMatch(/^verilator +missing; would add: the engine verilator/m);
  expect(bare.stdout).toMatch(/apt-get install iverilog verilator g\+\+ make yosys/);
});
