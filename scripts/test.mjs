// The README's test command: installs what the tests need, builds, and runs every test. `--long` adds those that take
// minutes; other arguments go to jest.
import { build, firstLine, installPackages, persist, requireNode, run } from "./setup.mjs";

/** Tools that the tests need, the Debian packages that have them, and whether they are here. */
const tools = [
  { apt: "iverilog", here: () => firstLine("iverilog", "-V") !== null },
  { apt: "verilator", here: () => Number(/^Verilator (\d+)/.exec(firstLine("verilator", "--version") ?? "")?.[1] ?? 0) >= 5 },
  { apt: "yosys", here: () => firstLine("yosys", "-V") !== null },
  { apt: "make", here: () => firstLine("make", "--version") !== null },
  { apt: "g++", here: () => firstLine("g++", "--version") !== null },
];

const missingTools = () => tools.filter((t) => !t.here()).map((t) => t.apt);

/** How to become root without being asked for a password; null where there is no way, or no apt. */
function asRoot() {
  if (firstLine("apt-get", "--version") === null) return null;
  if (process.getuid?.() === 0) return [];
  return firstLine("sudo", "-n", "true") === null ? null : ["sudo", "-n"];
}

function installTools() {
  const missing = missingTools();
  if (missing.length === 0) return;
  const prefix = asRoot();
  if (prefix !== null) {
    const apt = (what, ...args) => persist(what, ...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args);
    apt("Reading Debian's package lists", "update");
    apt(`Installing ${missing.join(", ")}`, "install", "-y", "--no-install-recommends", ...missing);
  }
  const still = missingTools();
  if (still.length === 0) return;
  console.error(`The tests need ${still.join(", ")} (Verilator 5 or newer). Install them, on Debian and Ubuntu with`);
  console.error(`  sudo apt-get install ${still.join(" ")}`);
  console.error("and run this again.");
  process.exit(2);
}

requireNode();
installTools();
installPackages();
build();
const args = process.argv.slice(2).filter((a) => a !== "--long");
const long = process.argv.includes("--long") ? ["--testPathIgnorePatterns", "^$", "--"] : [];
run("npx", "jest", ...long, ...args);
