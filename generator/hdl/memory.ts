/** Memories: one write port and one read port, both synchronous; a module of their own, so that an SRAM macro can take their place. */

import { mask } from "../ir/bits";
import { memoryPorts } from "../ir/memory-ports";
import type { MemoryModule } from "../ir/types";
import { type Hardware, leafTypes, pack, type Shape, unpack, type Value } from "./aggregates";
import { Body } from "./body";
import { Instance } from "./instance";
import { fail } from "./problem";
import { type BitsSignal, type BoolSignal, literal, make, type Signal, type UIntSignal } from "./signal";
import { bitsType, boolType, type Type, uintType } from "./types";

export interface MemoryOptions {
  /** Words: 1 or more. */
  readonly depth: number;
  /** Write-enable lanes of equal width that a word is cut into; default 1. */
  readonly lanes?: number;
  /** Leave the module's inside to whoever uses the design: an SRAM macro with the ports of `memoryPorts`. */
  readonly blackBox?: boolean;
  /** Name of the memory's module; by default it tells depth and width. */
  readonly moduleName?: string;
}

export class Memory<T extends Shape> {
  private written = false;
  private readAlready = false;
  /** Address of the memory: as wide as `depth` words need, at least one bit. */
  readonly addressType: Type<"uint">;

  constructor(
    private readonly item: T,
    private readonly ports: { readonly [port: string]: Signal },
    readonly instance: Instance,
  ) {
    this.addressType = uintType(this.ports["wr_addr"]!.width);
  }

  /**
   * Writes a word at the next clock edge, where the conditions around this line hold; the last write wins.
   * @param lanes which lanes are written, lane 0 (the least significant bits) in bit 0; by default all of them.
   * @throws DiagnosticError LAPA-E001, E002 or E017 when address, value or lanes are of the wrong type.
   */
  write(address: UIntSignal, value: Value & Hardware<T>, lanes?: BitsSignal): void {
    const enable = this.ports["wr_en"]!;
    const target = { wr_addr: address, wr_data: pack(value) };
    const body = Body.current();
    for (const [name, signal] of Object.entries(target)) {
      const port = this.ports[name]!;
      // The first write's address and word need no condition: only the enable decides.
      if (this.written) port.set(signal);
      else body.assignFirst(port, port.operand(signal));
    }
    if (!this.written) body.assignFirst(enable, literal(enable.type, 0n));
    this.written = true;
    enable.set(lanes ?? mask(enable.width));
  }

  /**
   * Reads a word, where `enable` is 1 (always, if it is not given) and the conditions around this line hold: it is in the result from the next clock edge on, until the
   * next read. A word written at the same edge is read as it was before. There is one read port: read once.
   * @throws DiagnosticError LAPA-E001 or E002 for an address of the wrong type; E017 for a second read.
   */
  read(address: UIntSignal, enable?: BoolSignal): Hardware<T> {
    if (this.readAlready) fail("LAPA-E017", "the memory is read twice, but has one read port", "Read it once, with the address chosen by mux or when, or use two memories.");
    this.readAlready = true;
    const body = Body.current();
    const port = this.ports["rd_addr"]!;
    body.assignFirst(port, port.operand(address));
    body.assignFirst(this.ports["rd_en"]!, literal(boolType(), 0n));
    this.ports["rd_en"]!.set(enable ?? 1n);
    return unpack(this.item, this.ports["rd_data"] as BitsSignal);
  }
}

/** Makes a memory in the module that is being described. */
export function makeMemory<T extends Shape>(item: T, options: MemoryOptions): Memory<T> {
  const body = Body.current();
  const module = body.design.memory(memoryModule(item, options));
  const instance = new Instance(module.name);
  const types: { [port: string]: Type } = { wr_addr: uintType(1), rd_addr: uintType(1), rd_en: boolType() };
  const ports = Object.fromEntries(memoryPorts(module).map((p) => {
    const type = types[p.name]?.resized(p.width) ?? bitsType(p.width);
    const wire = make(type, { kind: "declared", as: p.direction === "input" ? "feeding" : "driven", reset: null }) as Signal;
    instance.wires.set(p.name, wire);
    body.declared.push(wire);
    return [p.name, wire];
  }));
  body.instances.push(instance);
  return new Memory(item, ports, instance);
}

function memoryModule(item: Shape, { depth, lanes = 1, blackBox = false, moduleName }: MemoryOptions): MemoryModule {
  const width = leafTypes(item).reduce((n, t) => n + t.width, 0);
  if (!Number.isInteger(depth) || depth < 1) fail("LAPA-E004", `a memory has 1 word or more; this one has ${depth}`, "Check the parameter it is computed from.");
  if (!Number.isInteger(lanes) || lanes < 1 || width % lanes !== 0) fail("LAPA-E004", `a word of ${width} bits cannot be cut into ${lanes} lanes`, "The lanes' number must divide the width.");
  const name = moduleName ?? `lapa_memory_${depth}x${width}${lanes === 1 ? "" : `_lanes${lanes}`}${blackBox ? "_macro" : ""}`;
  return {
    kind: "memory", name, width, depth, laneWidth: width / lanes, blackBox, parameters: { depth, width, lanes }, loc: null,
    doc: `Memory of ${depth} words of ${width} bits: one write port, one read port, both synchronous; a read gives the word as it was before a write at the same edge.`,
  };
}
