import { getEventListeners } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { runProcess, shortened, versionLine } from "../../sim/engines/process";
import { eachFolder } from "../cli/lapa";

const folder = eachFolder();
const at = (name: string): string => join(folder.path, name);
const sh = (script: string, options: Partial<Parameters<typeof runProcess>[2]> = {}) => runProcess("sh", ["-c", script], { cwd: folder.path, ...options });
const node = (script: string, options: Partial<Parameters<typeof runProcess>[2]> = {}) =>
  runProcess(process.execPath, ["-e", script], { cwd: folder.path, ...options });

/** Whether a process runs. One that has ended may stay as a zombie where nobody collects orphans. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    // Without /proc, what can be signalled runs.
    return (error as NodeJS.ErrnoException).code !== "ESRCH" && !existsSync("/proc/self/stat");
  }
}

test("gives both outputs and the exit status, or null after a signal", async () => {
  expect(await sh("pwd; echo bad >&2; exit 3")).toEqual({ code: 3, stdout: expect.stringMatching(/\/lapa-test-\w+\n$/), stderr: "bad\n" });
  expect(await sh("kill -TERM $$")).toMatchObject({ code: null });
  expect(await runProcess("echo", ["$HOME; *", "a b"], { cwd: "/" })).toMatchObject({ code: 0, stdout: "$HOME; * a b\n" });
});

describe("when aborted", () => {
  test("the whole tree is dead, also what keeps no pipe open", async () => {
    const aborter = new AbortController();
    const pids: number[] = [];
    let running = 0;
    const script = "sh -c 'sleep 1000 & echo $!; wait' & (trap '' TERM HUP INT; sleep 1000 > /dev/null 2>&1 & echo $!; wait) & echo $$; wait";
    const endless = sh(script, {
      signal: aborter.signal,
      onLine: (line) => {
        if (pids.push(Number(line)) < 3) return;
        running = pids.filter(runs).length;
        aborter.abort(new Error("enough"));
      },
    });
    await expect(endless).rejects.toThrow("enough");
    expect(running).toBe(3);
    while (pids.some(runs)) await pause(5);
    expect(getEventListeners(aborter.signal, "abort")).toEqual([]);
  });

  test("beforehand, nothing starts", async () => {
    await expect(sh("touch started", { signal: AbortSignal.abort(new Error("never")) })).rejects.toThrow("never");
    expect(existsSync(at("started"))).toBe(false);
  });

  test("afterwards, nothing happens", async () => {
    const aborter = new AbortController();
    expect(await sh("echo done", { signal: aborter.signal })).toMatchObject({ code: 0, stdout: "done\n" });
    expect(getEventListeners(aborter.signal, "abort")).toEqual([]);
  });
});

test("a program or a folder that is missing is the system's error", async () => {
  const aborter = new AbortController();
  const options = { cwd: folder.path, signal: aborter.signal };
  await expect(runProcess("lapa-no-such-program", [], options)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(runProcess("echo", [], { ...options, cwd: at("none") })).rejects.toMatchObject({ code: "ENOENT" });
  await expect(runProcess(folder.file("text", "not a program"), [], options)).rejects.toMatchObject({ code: "EACCES" });
  expect(getEventListeners(aborter.signal, "abort")).toEqual([]);
});

test("of long output the first 4 MB are kept, and every line is told", async () => {
  let lines = 0;
  let last = "";
  // 700,000 lines of 10 characters, some of two bytes, so that pieces end within one.
  const script = `const line = (i) => "\u00e9" + String(i).padStart(8, "0") + "\\n";
    const all = Array.from({ length: 700000 }, (_, i) => line(i)).join(""); process.stdout.write(all); process.stderr.write(all);`;
  const { code, stdout, stderr } = await node(script, { onLine: (line) => { lines++; last = line; } });
  expect([code, stdout.length, stderr.length, lines, last]).toEqual([0, 4 << 20, 4 << 20, 700_000, "\u00e900699999"]);
  expect(stdout.slice(-14)).toBe("\u00e900419429\n\u00e9004");
  expect(stdout === stderr && !stdout.includes("\ufffd")).toBe(true);
});

test("lines come as they are, whatever pieces they arrive in", async () => {
  const lines: string[] = [];
  const pieces = ["a", "b\nc", "\n", "\nd\ne", "f"];
  const script = `const pieces = ${JSON.stringify(pieces)}; const next = () => { if (pieces.length > 0) process.stdout.write(pieces.shift(), () => setTimeout(next, 5)); }; next();`;
  expect(await node(script, { onLine: (line) => lines.push(line) })).toMatchObject({ code: 0, stdout: pieces.join("") });
  expect(lines).toEqual(["ab", "c", "", "d", "ef"]);
});

test("the version is the first line of a program that can be run and succeeds", async () => {
  expect(await versionLine(process.execPath, "--version")).toBe(process.version);
  expect(await versionLine("lapa-no-such-program", "--version")).toBeNull();
  expect(await versionLine(process.execPath, "--no-such-option")).toBeNull();
});

test("what a tool said is cut to its start, without the folder", () => {
  const lines = Array.from({ length: 50 }, (_, i) => `/tmp/x/rtl/a.v:${i}: ${"y".repeat(400)}`);
  const short = shortened({ code: 1, stdout: "first\n\n", stderr: lines.join("\n") }, "/tmp/x").split("\n");
  expect(short).toHaveLength(41);
  expect(short.slice(0, 2)).toEqual(["first", `rtl/a.v:0: ${"y".repeat(289)}...`]);
  expect(short[40]).toBe("... and 11 more lines");
});
