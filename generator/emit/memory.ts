/** Memory modules: a behavioural array that synthesis recognises, or a stub for whoever brings a macro. */

import { memoryPorts } from "../ir/memory-ports";
import type { MemoryModule } from "../ir/types";
import type { Words } from "./dialect";
import { rangeText } from "./expression";
import { aligned, indented, type Line, line } from "./lines";

/** The ports, as lines of a module's head; `driven` is false for a stub, whose output nothing drives. */
export function memoryPortLines(memory: MemoryModule, words: Words, driven = true): Line[] {
  const output = driven ? words.outputVariable : words.outputNet;
  const ports = memoryPorts(memory);
  const rows = [
    [words.input, "", "clk"],
    ...ports.map((p) => [p.direction === "input" ? words.input : output, p.width === 1 ? "" : `[${p.width - 1}:0]`, p.name]),
  ];
  return aligned(rows, new Set([1])).map((t, i) => line(i === ports.length ? t : `${t},`));
}

/** The array with its two ports. Both read it as it was before the edge, so a read gives the old word. */
export function memoryBody({ width, depth, laneWidth }: MemoryModule, words: Words): Line[] {
  const lanes = width / laneWidth;
  const write = (lane: number): string => {
    const bits = lanes === 1 || width === 1 ? "" : rangeText((lane + 1) * laneWidth - 1, lane * laneWidth);
    return `if (wr_en${lanes === 1 ? "" : `[${lane}]`}) mem[wr_addr]${bits} <= wr_data${bits};`;
  };
  return [
    line(`${words.variable} ${width === 1 ? "" : `[${width - 1}:0] `}mem [0:${depth - 1}];`),
    line(""),
    line(`${words.clocked} @(posedge clk) begin`),
    ...indented([...Array.from({ length: lanes }, (_, i) => line(write(i))), line("if (rd_en) rd_data <= mem[rd_addr];")]),
    line("end"),
  ];
}
