import type { Reporter } from "../diagnostics/diagnostic";
import type { Circuit } from "../ir/types";

/** A step between elaboration and printing. A check returns the circuit as it was. */
export interface Pass {
  readonly name: string;
  run(circuit: Circuit, reporter: Reporter): Circuit;
}
