/** What heads ask of the attention unit, by the golden models. */

import { type AttentionShape, attentionParts } from "../../generator/lapa/attention";
import type { HeadParameters } from "../../generator/lapa/config";
import type { Attended } from "../golden/execution";
import type { AttentionHead } from "../vectors/attention-vectors";
import type { AttentionHeadWork } from "./attention";
import { type CountedTile, tileWorks } from "./execution-work";
import type { RowWork } from "./speculation";
import { type RowKeys, rowWorks } from "./speculation-work";

/** What a head asks, and what is in its tiles. */
export interface CountedHeadWork extends AttentionHeadWork {
  readonly tiles: readonly CountedTile[];
}

/** Rows of one head, one after the other; one that has had no rounds is of dense attention, of which every round keeps all keys. */
export class AttentionWork {
  private readonly rows: RowWork[] = [];
  private readonly survivors: Uint16Array[] = [];
  private readonly parts: ReturnType<typeof attentionParts>;
  private readonly workOf: ReturnType<typeof rowWorks>;

  constructor(params: AttentionShape, private readonly limits: Pick<HeadParameters, "nValid" | "causal" | "offset">) {
    this.parts = attentionParts(params);
    this.workOf = rowWorks(this.parts.speculation);
  }

  add(row: Attended & Partial<Pick<RowKeys, "rounds">>): void {
    const rounds = row.rounds ?? this.parts.speculation.slices.map(() => ({ keys: row.survivors }));
    this.rows.push(this.workOf({ ...row, rounds }, this.limits));
    this.survivors.push(row.survivors);
  }

  /** What a head asks for whose rows these are. */
  ofHead({ loads, keys, dim, dense, parameters }: Pick<AttentionHead, "loads" | "keys" | "dim" | "dense" | "parameters">): CountedHeadWork {
    return this.head(loads ? keys.length / dim : 0, dense ? "radius" : parameters.mode);
  }

  /** @param keys that are loaded. @param mode of the filters; radius where nothing is filtered. */
  head(keys: number, mode: AttentionHeadWork["mode"]): CountedHeadWork {
    return { keys, mode, rows: this.rows, tiles: tileWorks(this.parts.execution, this.survivors) };
  }
}
