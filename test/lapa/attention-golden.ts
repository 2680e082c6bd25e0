/** What the golden models say of a whole head. */

import type { AttentionConfig } from "../../generator/lapa/unit-config";
import { aliveRows, executeRow, headOf } from "../../sim/golden/execution";
import { speculate } from "../../sim/golden/speculation";
import type { AttentionHead } from "../../sim/vectors/attention-vectors";

/** O, row by row, and how many keys each round has kept, over all rows. */
export function goldenHead(config: AttentionConfig, head: AttentionHead): { readonly outputs: number[]; readonly survivors: readonly number[] } {
  const { queries, keys, values, dim, parameters, execution, dense } = head;
  const operands = headOf(queries, keys, values, dim, config.operandBits);
  const alive = [...aliveRows(operands.queryCount, parameters)].map((row) => ({ ...row, kept: config.slices.map(() => row.survivors.length) }));
  const filtered = [...speculate(queries, keys, dim, config, parameters)].map((row) => ({ ...row, kept: row.rounds.map((r) => r.survivors.length) }));
  const rows = dense ? alive : filtered;
  return {
    outputs: rows.flatMap((row) => Array.from(executeRow(operands, row, execution).output)),
    survivors: config.slices.map((_, r) => rows.reduce((sum, row) => sum + row.kept[r]!, 0)),
  };
}
