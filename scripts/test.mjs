// The README's test command: installs what the tests need, builds, and runs every test; with --long, those that take
// minutes too; with --long and --cases N, so many random configurations instead. Other arguments go to jest.
import { build, requireNode, installPackages, run } from "./setup.mjs";
import { installTools } from "./tools.mjs";

const given = process.argv.slice(2);
const forJest = given.filter((a) => a !== "--long");
// Takes the place of package.json's setting, which leaves the long ones out. Last: it takes all words that follow it.
if (given.includes("--long")) forJest.push("--testPathIgnorePatterns=<rootDir>/node_modules/");

requireNode();
await installTools();
await installPackages();
build();
const isRandom = given.includes("--long") && given.some((a) => a === "--cases" || a.startsWith("--cases="));
if (isRandom) run("node", "dist/scripts/random-configurations.js", ...given.filter((a) => a !== "--long"));
else run("npx", "--no-install", "jest", ...forJest);
