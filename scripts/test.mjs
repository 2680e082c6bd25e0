// The README's test command: installs what the tests need, builds, and runs every test. Plain JavaScript, because
// it runs before anything is compiled.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Runs a command in the repository and ends this process with its status when it fails. */
function run(command, ...args) {
  console.log(`> ${command} ${args.join(" ")}`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (error) console.error(`cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(`Node ${process.versions.node} is too old: lapa needs Node 20 or later.`);
  process.exit(2);
}
if (!existsSync(resolve(root, "node_modules/.package-lock.json"))) run("npm", "ci", "--no-audit", "--no-fund");
run("npm", "run", "build");
run("npx", "jest", ...process.argv.slice(2));
