// The README's first command: builds, generates the default design, and checks it against the golden model on a real
// attention head, in every simulator there is. Needs Node and git's checkout, nothing else.
import { build, installPackages, requireNode, run } from "./setup.mjs";

const trace = "use_in0_L00_H0";
const design = "rtl-out/lapa_aloc_dot";

const lapa = (...args) => run("node", "dist/generator/cli/main.js", ...args);

requireNode();
await installPackages();
build();
lapa("generate");
lapa("verify", "--trace", trace);

console.log(`
The default design is in ${design}: read lapa_aloc_dot.v first.
It agrees with the golden model on ${trace}, a head of the Universal Sentence Encoder.

What to look at next:
  generator/lapa/aloc-dot.ts          the TypeScript that it was made from
  node dist/generator/cli/main.js     the command line: other units, your own traces, your own modules
  node scripts/test.mjs               all tests`);
