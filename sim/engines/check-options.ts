/** What every engine asks of a run's options before it starts. */

import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UserError } from "../../generator/errors";
import type { Engine, RunOptions } from "./engine";

/**
 * Holds stalls and hang limit against their ranges, and the waveform's place against being missing before a long run.
 * @throws UserError at the first fault.
 */
export async function checkOptions({ name, waves }: Pick<Engine, "name" | "waves">, { stalls, hangCycles = 1, wave }: RunOptions): Promise<void> {
  for (const chance of [stalls.input, stalls.output]) demandInteger("a stall chance", chance, 0, 255);
  demandInteger("the number of cycles after which a run hangs", hangCycles, 1, 2 ** 32 - 1);
  if (wave === undefined) return;
  if (!waves.includes(wave.format)) throw new UserError(`${name} does not write ${wave.format} waveforms`, `choose ${waves.join(" or ")}, or another engine`);
  const parent = await stat(dirname(resolve(wave.file))).catch(() => null);
  if (!parent?.isDirectory()) throw new UserError(`cannot write ${wave.file}: its folder does not exist`, "make it first");
}

function demandInteger(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw new UserError(`${what} is ${min} to ${max}, not ${value}`);
}
