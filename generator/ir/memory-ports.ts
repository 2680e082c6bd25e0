import type { MemoryModule, Port } from "./types";
import { log2Ceil } from "./bits";

/** The ports of a memory module without `clk`, inputs first. An address has at least one bit. */
export function memoryPorts(memory: Pick<MemoryModule, "width" | "depth" | "laneWidth">): Port[] {
  const address = Math.max(1, log2Ceil(memory.depth));
  const port = (name: string, direction: Port["direction"], width: number): Port =>
    ({ name, direction, width, signed: false, source: name, loc: null });
  return [
    port("wr_en", "input", memory.width / memory.laneWidth),
    port("wr_addr", "input", address),
    port("wr_data", "input", memory.width),
    port("rd_en", "input", 1),
    port("rd_addr", "input", address),
    port("rd_data", "output", memory.width),
  ];
}
