// The programs besides Node that the tests use, installed where that is possible.
import { spawnSync } from "node:child_process";
import { attemptOnline, refuse } from "./setup.mjs";

/** `version`: where the program says it, for those that must not be too old. */
const tools = [
  { program: "iverilog", args: ["-V"], package: "iverilog" },
  { program: "verilator", args: ["--version"], package: "verilator", version: /^Verilator (\d+)/, oldest: 5 },
  { program: "g++", args: ["--version"], package: "g++" },
  { program: "make", args: ["--version"], package: "make" },
  { program: "yosys", args: ["-V"], package: "yosys" },
  { program: "z3", args: ["--version"], package: "z3" },
];

/** The tools that are missing or too old here. */
export function missingTools() {
  return tools.filter(({ program, args, version, oldest }) => {
    const { error, stdout } = spawnSync(program, args, { encoding: "utf8" });
    return error !== undefined || (version !== undefined && Number(version.exec(stdout)?.[1] ?? 0) < oldest);
  });
}

/** What stands before `apt-get` so that it may install: nothing for root, sudo where it asks no password; null where neither. */
function privilege(uid) {
  if (uid === 0) return [];
  return spawnSync("sudo", ["-n", "true"]).status === 0 ? ["sudo", "-n"] : null;
}

/**
 * Installs what is missing by apt; where that is impossible, or did not help, ends this process with 2 and says what to install.
 * @param uid the user's number. @param pauses milliseconds between attempts.
 */
export async function installTools(uid = process.getuid?.(), pauses = undefined) {
  const missing = missingTools();
  if (missing.length === 0) return;
  const names = missing.map((t) => t.package);
  console.log(`The tests need ${names.join(", ")}.`);
  const before = spawnSync("apt-get", ["--version"]).error ? null : privilege(uid);
  if (before !== null) {
    const aptGet = [...before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"];
    // Old lists often still do; whether they did shows below.
    if (!(await attemptOnline([...aptGet, "update"], { quiet: true }, pauses))) console.error("  going on with the package lists that are here");
    await attemptOnline([...aptGet, "install", "-y", "--no-install-recommends", ...names], { quiet: true }, pauses);
  }
  const still = missingTools();
  if (still.length > 0) refuse(...advice(still));
}

function advice(missing) {
  const names = missing.map((t) => t.package).join(" ");
  return [
    `These tools are missing, and the tests need them: ${missing.map((t) => (t.oldest ? `${t.program} (${t.oldest} or newer)` : t.program)).join(", ")}`,
    `  Debian 12, Ubuntu 24.04 and later, as root:  apt-get install ${names}`,
    `  macOS, Xcode's command line tools give g++ and make:  brew install icarus-verilog verilator yosys`,
    "  an older Debian or Ubuntu has too old a Verilator: https://verilator.org/guide/latest/install.html",
    "Then run node scripts/test.mjs again. Generating and checking designs works without them: node scripts/run.mjs",
  ];
}
