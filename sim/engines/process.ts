/** Running tools: no shell, output captured, nothing left behind when the run is aborted. */

import { spawn } from "node:child_process";
import { onTermination } from "../../generator/termination";

export interface ProcessOptions {
  readonly cwd: string;
  readonly signal?: AbortSignal;
  /** Told every line of standard output as it comes, without its end; the last one need not have any. */
  readonly onLine?: (line: string) => void;
}

export interface ProcessResult {
  /** Null when a signal ended the process. */
  readonly code: number | null;
  /** Standard output, then standard error; of each no more than the first 4 MB. */
  readonly stdout: string;
  readonly stderr: string;
}

const captured = 4 << 20;

/**
 * Runs a program in a process group of its own.
 * @throws the signal's reason when aborted, after the whole group has been killed and the program has ended;
 * the operating system's error (`ENOENT`) when the program cannot be started.
 */
export async function runProcess(command: string, args: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, { cwd: options.cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const kill = (): void => killGroup(child.pid);
  const release = onTermination(kill);
  options.signal?.addEventListener("abort", kill);
  try {
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => { output.stdout += text.slice(0, captured - output.stdout.length); });
    child.stderr.setEncoding("utf8").on("data", (text: string) => { output.stderr += text.slice(0, captured - output.stderr.length); });
    if (options.onLine) eachLine(child.stdout, options.onLine);
    const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
    options.signal?.throwIfAborted();
    return { code, ...output };
  } finally {
    options.signal?.removeEventListener("abort", kill);
    release();
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
  stream.on("end", () => { if (rest !== "") onLine(rest); });
}

/** The first line that a program prints about its version; null when it cannot be run. Never throws. */
export async function versionLine(command: string, flag: string): Promise<string | null> {
  try {
    const { code, stdout } = await runProcess(command, [flag], { cwd: "/" });
    return code === 0 ? stdout.split("\n")[0] : null;
  } catch {
    return null;
  }
}

/** What a tool said when it failed: the start of it, without the temporary folder's name. */
export function shortened(result: ProcessResult, folder: string): string {
  const lines = `${result.stdout}\n${result.stderr}`.replaceAll(`${folder}/`, "").split("\n").filter((l) => l.trim() !== "");
  const shown = lines.slice(0, 40).map((l) => (l.length > 300 ? `${l.slice(0, 300)}...` : l));
  return [...shown, ...(lines.length > 40 ? [`... and ${lines.length - 40} more lines`] : [])].join("\n");
}
