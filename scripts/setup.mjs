// What both of the README's commands need before anything is compiled: npm packages and a build. Plain JavaScript.
import { spawnSync } from "node:child_process";
import { lstatSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Ends this process with a user's mistake: what is wrong, and how to mend it. */
export function refuse(...lines) {
  for (const line of lines) console.error(line);
  process.exit(2);
}

export function requireNode() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 20) refuse(`Node ${process.versions.node} is too old: lapa needs Node 20 or later.`, "  install one from https://nodejs.org");
}

/** Runs a command in the repository, its output shown unless `quiet`. @returns whether it ended with 0. */
export function attempt([command, ...args], { quiet = false, env = process.env } = {}) {
  console.log(`> ${[command, ...args].join(" ")}`);
  const shown = { cwd: root, env, stdio: quiet ? "pipe" : "inherit", encoding: "utf8", maxBuffer: 1 << 26, shell: process.platform === "win32" };
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, shown);
  if (signal === "SIGINT" || status === 130) process.exit(130);
  if (error) console.error(`cannot run ${command}: ${error.message}`);
  if (quiet && status !== 0) console.error(`${stdout ?? ""}${stderr ?? ""}`.trimEnd());
  return status === 0;
}

/** Runs a command, and ends this process with 1 when it fails. */
export function run(...command) {
  if (!attempt(command)) process.exit(1);
}

/** Runs a command that uses the network: three times before it has failed. @returns whether it ended with 0. */
export async function attemptOnline(command, options, pauses = [5_000, 20_000]) {
  for (const milliseconds of pauses) {
    if (attempt(command, options)) return true;
    console.error(`  failed; once more in ${milliseconds / 1000} s`);
    await pause(milliseconds);
  }
  return attempt(command, options);
}

/** Installs the npm packages that package-lock.json names, unless they are there. */
export async function installPackages() {
  if (packagesAreThere(root)) return;
  if (await attemptOnline(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], { quiet: true })) return;
  console.error("The npm packages could not be installed. Is the registry reachable (npm ping)?");
  process.exit(1);
}

/** Whether a repository's npm packages are those of its package-lock.json. Packages of other platforms may be missing. */
export function packagesAreThere(repository) {
  const modules = lstatSync(join(repository, "node_modules"), { throwIfNoEntry: false });
  // A linked folder belongs to another working copy, which `npm ci` would empty.
  if (modules?.isSymbolicLink()) return true;
  const installed = packages(join(repository, "node_modules/.package-lock.json"));
  const wanted = Object.entries(packages(join(repository, "package-lock.json"))).filter(([path]) => path !== "");
  return wanted.every(([path, { version, optional, devOptional }]) =>
    (path in installed ? installed[path].version === version : Boolean(optional || devOptional)));
}

function packages(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

/** Compiles everything. What earlier builds left goes first: a test whose source is gone must not run. */
export function build() {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run("npm", "run", "--silent", "build");
}
