// The README's test command: installs what the tests need, builds, and runs every test; with --long, those that take
// minutes too. Other arguments go to jest.
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
run("npx", "--no-install", "jest", ...forJest);
