/** Every bundled trace, from its file to O, through the accelerator's RTL from bus to bus, in every engine. */

import { bundledTraces } from "../../sim/traces/bundled";
import { expectHead } from "../cli/head-through-rtl";
import { scratch } from "../engines/engine-suite";

jest.setTimeout(60 * 60_000);
process.env.XDG_CACHE_HOME = scratch();

describe.each(bundledTraces().map((t) => t.name))("%s", (trace) => {
  test.each(["verilator", "icarus", "builtin"])("whole, filtered and dense, in %s", async (engine) => {
    await expectHead("--config", "top-base", "--trace", trace, "--engine", engine);
  });
});
