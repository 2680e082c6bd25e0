/** A module in cells of a library: how large, how slow. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { UserError } from "lapa";
import type { Built } from "../generator/build";
import { runProcess, shortened, versionLine } from "../sim/engines/process";
import { withTemporary, writeBelow } from "../sim/engines/temporary";

export interface Mapped {
  /** In the library's unit; sky130hd has um2. */
  readonly area: number;
  readonly flipFlops: number;
  /** Of the longest path between registers or ports, its cells as they were mapped: not sized, and without wires. */
  readonly nanoseconds: number;
}

const gzipMark = Buffer.from([0x1f, 0x8b]);

/** What Yosys' `abc -liberty` does by itself, written out because other versions do other things; and then the delay. */
const mapping = "+strash;&get,-n;&fraig,-x;&put;scorr;dc2;dretime;strash;&get,-n;&dch,-f;&nf;&put;topo;stime";

const script = (top: string, files: readonly string[]): string => `
read_verilog ${files.join(" ")}
synth -flatten -top ${top}
tee -o flip-flops.txt select -count t:$_*FF*
dfflibmap -liberty cells.lib
tee -o delay.txt abc -liberty cells.lib -script ${mapping}
opt_clean
tee -o area.txt stat -liberty cells.lib
`;

/** The version of Yosys. @throws UserError when it is not here. */
export async function yosysVersion(): Promise<string> {
  const line = await versionLine("yosys", "-V");
  if (line === null) throw new UserError("yosys is not installed", "apt-get install yosys");
  return /^Yosys \S+/.exec(line)?.[0] ?? line;
}

/** A library of cells as text, whether or not it is compressed. @throws UserError when it cannot be read. */
export async function readLiberty(path: string): Promise<Buffer> {
  try {
    const data = await readFile(path);
    return data.subarray(0, 2).equals(gzipMark) ? gunzipSync(data) : data;
  } catch (error) {
    throw new UserError(`cannot read the library ${path}: ${(error as Error).message}`, "--liberty takes a liberty file, as it is or compressed by gzip.");
  }
}

/**
 * Maps a design, flattened, without a timing constraint. The same design and library give the same result.
 * @param liberty the library of cells.
 * @throws UserError when Yosys fails with this library.
 */
export async function mapped({ synthesis, design }: Built, liberty: Buffer): Promise<Mapped> {
  const top = design.circuit.top;
  return withTemporary(async (folder) => {
    await writeFile(join(folder, "cells.lib"), liberty);
    await writeBelow(folder, [{ name: "map.ys", text: script(top, await writeBelow(folder, synthesis)) }]);
    const result = await runProcess("yosys", ["-q", "-s", "map.ys"], { cwd: folder });
    if (result.code !== 0) throw new UserError(`yosys cannot map ${top} to this library:\n${shortened(result, folder)}`, "It needs a flip-flop, a buffer, an inverter and a NAND at least, with areas and delays.");
    const found = async (file: string, pattern: RegExp): Promise<number> => {
      const number = pattern.exec(await readFile(join(folder, file), "utf8"))?.[1];
      if (number === undefined) throw new UserError(`yosys says nothing of ${file.replace(".txt", "")} for ${top}`, "Every cell of the library needs an area and delays.");
      return Number(number);
    };
    return {
      area: await found("area.txt", /Chip area for .*: ([\d.]+)/),
      flipFlops: await found("flip-flops.txt", /^(\d+) objects/m),
      nanoseconds: await found("delay.txt", /Delay = +([\d.]+) ps/) / 1000,
    };
  });
}
