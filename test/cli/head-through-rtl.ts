/** `lapa run --engine`: heads through RTL. */

import { lapa } from "./lapa";

interface Printed {
  readonly rtl: readonly { readonly dense: boolean; readonly verdict: string; readonly compared: number; readonly cycles: number; readonly modelCycles: number | null }[];
}

/** Holds a head, filtered and dense, against passing with the cycles of the model. @throws as expectations do. */
export async function expectHead(...args: readonly string[]): Promise<void> {
  const { code, out } = await lapa("run", ...args, "--json");
  const { rtl } = JSON.parse(out) as Printed;
  expect([code, rtl.map((r) => [r.dense, r.verdict, r.compared > 0, r.cycles])]).toEqual([0, [false, true].map((dense, i) => [dense, "pass", true, rtl[i]!.modelCycles])]);
}
