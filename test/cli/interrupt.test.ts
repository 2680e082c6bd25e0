/** Ctrl-C half way: the real program, in a process of its own. */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { contents, eachFolder, lapa } from "./lapa";

const folder = eachFolder();
const at = (name: string): string => join(folder.path, name);
const program = resolve(__dirname, "../../generator/cli/main.js");

/** Starts lapa, and interrupts it once `ready` says so. @returns its exit code, and whether it was interrupted in time. */
async function interrupted(args: readonly string[], ready: () => boolean): Promise<{ readonly code: number | null; readonly sent: boolean }> {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder.path, env: { ...process.env, TMPDIR: at("tmp") }, stdio: "ignore" });
  const ended = new Promise<number | null>((end) => child.on("exit", end));
  while (!ready() && child.exitCode === null) await pause(1);
  const sent = child.exitCode === null && child.kill("SIGINT");
  return { code: await ended, sent };
}

beforeEach(() => mkdirSync(at("tmp")));

test("verify: the simulator is killed, and nothing stays behind", async () => {
  const { code, sent } = await interrupted(["verify", "--engine", "icarus", "--trace", "lm_in0_L00_H0", "--limit", "20000"], () =>
    readdirSync(at("tmp")).some((name) => name.startsWith("lapa-") && existsSync(join(at("tmp"), name, "out.hex"))));
  expect({ code, sent }).toEqual({ code: 130, sent: true });
  expect(readdirSync(at("tmp"))).toEqual([]);
});

test("vectors: the folder is the old one or the new one, whole", async () => {
  const make = (limit: number, out: string): string[] => ["vectors", "--trace", "use_in0_L00_H0", "--limit", String(limit), "--out", at(out)];
  await lapa(...make(10, "out"));
  await lapa(...make(4000, "new"));
  const [before, after] = [contents(at("out")), contents(at("new"))];
  const { code, sent } = await interrupted(make(4000, "out"), () => readdirSync(folder.path).some((name) => name.startsWith(".lapa-tmp-")));
  // The signal may come too late to stop anything.
  expect(sent ? [130, 0] : [0]).toContain(code);
  expect(code === 130 ? [before, after] : [after]).toContainEqual(contents(at("out")));
  expect(readdirSync(folder.path).sort()).toEqual(["new", "out", "tmp"]);
});

test("elaborate: a design that does not end is stopped", async () => {
  const file = folder.file("endless.ts", `
import { writeFileSync } from "node:fs";
import { Module, UInt } from "lapa";
export class Endless extends Module<{}> {
  readonly y = this.output(UInt(4));
  build(): void {
    writeFileSync(process.env["TMPDIR"] + "/begun", "");
    while (this.y.width > 0) continue;
  }
}
`);
  await lapa("vectors", "--limit", "3", "--out", at("out"));
  const before = contents(at("out"));
  const { code, sent } = await interrupted(["elaborate", file, "--out", at("out")], () => existsSync(join(at("tmp"), "begun")));
  // Null: by the signal itself, which a shell shows as 130.
  expect({ code, sent }).toEqual({ code: null, sent: true });
  expect(contents(at("out"))).toEqual(before);
});
