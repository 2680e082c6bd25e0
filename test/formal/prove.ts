/** Proofs by Yosys that a module of ours equals a reference that was written by hand. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Design } from "../../sim/engines/engine";

/** References lie beside the sources, not in dist. */
const references = resolve(__dirname, "../../../test/formal");

export interface Claim {
  readonly design: Design;
  /** Name of the reference, which is also its file's. */
  readonly reference: string;
  /** Verilog of a module `proof` with an output `ok`, of which it is claimed that nothing makes it 0. */
  readonly proof: string;
  /** The design is a pipeline without feedback: proved is what it computes, not when. */
  readonly isPipeline?: boolean;
}

/** Fails, rather than skips, where Yosys is missing. */
export function requireYosys(): void {
  beforeAll(() => {
    if (spawnSync("yosys", ["-V"]).status !== 0) throw new Error("yosys cannot run here; these tests need it: apt-get install yosys");
  });
}

/** Proves all claims in one process. Returns how many are proved, and what Yosys said last. */
export function prove(claims: readonly Claim[]): { readonly proved: number; readonly last: string } {
  const folder = mkdtempSync(join(tmpdir(), "lapa-proof-"));
  try {
    const asWires = [`techmap -map ${join(references, "registers_as_wires.v")}`, "select -assert-none t:$*ff*", "opt -full"];
    const script = claims.flatMap(({ design, reference, proof, isPipeline }, i) => {
      writeFileSync(join(folder, `${i}.v`), [...design.files.map((f) => f.text), proof].join("\n"));
      // Tables stay logic: the prover knows no memories.
      const prepared = ["design -reset", `read_verilog ${join(references, reference)}.v ${i}.v`, "proc -norom", "prep -flatten -top proof"];
      return [...prepared, ...(isPipeline ? asWires : []), "sat -verify -prove ok 1 proof"];
    });
    writeFileSync(join(folder, "prove.ys"), script.join("\n"));
    const { stdout, stderr } = spawnSync("yosys", ["-Q", "-T", "prove.ys"], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
    return { proved: stdout.split("SAT proof finished - no model found: SUCCESS!").length - 1, last: `${stdout.slice(-2000)}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
