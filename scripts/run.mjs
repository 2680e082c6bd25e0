// The README's first command: generates the default design, and checks it on a real attention head with every engine
// that is here. Needs Node and nothing else.
import { join, relative } from "node:path";
import { build, checkNode, installPackages, root, run } from "./setup.mjs";

const design = "lapa_aloc_dot";
const folder = join(root, "rtl-out", design);
const trace = "use_in0_L00_H0";
const lapa = (...args) => run([process.execPath, join(root, "dist/generator/cli/main.js"), ...args]);

checkNode();
await installPackages();
build();
lapa("generate", "--out", folder);
lapa("verify", "--trace", trace);

console.log(`
The Verilog is in ${relative(process.cwd(), folder)}. Of the head ${trace} of a real model it computed every product
that was compared as the golden model does, bit for bit.

Next:
  npx lapa verify                        all bundled heads
  npx lapa presets                       other designs
  npx lapa generate --help               and how to change one
  npx lapa doctor                        which engines are here, and what would add more
  npx lapa elaborate examples/counter.ts the language: examples/ has five designs in order`);
