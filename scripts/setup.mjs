// What the README's commands share. Plain JavaScript, because it runs before anything is installed or compiled.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const shell = process.platform === "win32";

/** Runs a command in the repository, its output passed on; ends this process with its status when it fails. */
export function run(command, ...args) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell });
  if (error) console.error(`cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? (signal === "SIGINT" ? 130 : 1));
}

/** Runs a command without showing its output. @returns what it printed when it failed, otherwise null. */
function runQuietly(command, ...args) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8", shell, maxBuffer: 1 << 26 });
  if (signal === "SIGINT") process.exit(130);
  return status === 0 ? null : error?.message ?? `${stdout}${stderr}`;
}

/** Tries a command up to three times, because networks fail; ends this process with its output when it does not succeed. */
export function persist(what, command, ...args) {
  console.log(`${what} ...`);
  for (let attempt = 1; ; attempt++) {
    const failure = runQuietly(command, ...args);
    if (failure === null) return;
    if (attempt === 3) {
      console.error(`${failure}\n${command} ${args.join(" ")} failed three times.`);
      process.exit(1);
    }
    console.log(`  attempt ${attempt} failed; trying again`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000 * attempt);
  }
}

/** The first line that a program prints, or null when it cannot be run. */
export function firstLine(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0] : null;
}

/** Ends this process when Node is too old. */
export function requireNode() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major >= 20) return;
  console.error(`Node ${process.versions.node} is too old: lapa needs Node 20 or later.`);
  process.exit(2);
}

const changed = (file) => statSync(resolve(root, file)).mtimeMs;

/** Installs the npm packages, unless those of the lock file are there. */
export function installPackages() {
  const installed = "node_modules/.package-lock.json";
  if (existsSync(resolve(root, installed)) && changed(installed) >= changed("package-lock.json")) return;
  persist("Installing the npm packages", "npm", "ci", "--no-audit", "--no-fund");
}

/** Compiles everything to dist/. */
export function build() {
  console.log("Building ...");
  const failure = runQuietly("npm", "run", "--silent", "build");
  if (failure === null) return;
  console.error(failure);
  process.exit(1);
}
