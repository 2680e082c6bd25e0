/** The folder of RTL: a file a module, file lists for tools, and two JSON files about what they hold. */

import { createHash } from "node:crypto";
import { memoryPorts } from "../ir/memory-ports";
import type { Circuit, Json, Module } from "../ir/types";
import { toolVersion } from "./banner";
import { type Dialect, implicitPorts, resetPort, words } from "./dialect";
import { spreadJson } from "./json";
import { namesJson } from "./names";
import { memoryStub, verilogModule } from "./verilog";

export interface FolderOptions {
  /** Default `verilog`. */
  readonly dialect?: Dialect;
  /** What the design was generated from; goes into the manifest as it is. Default null. */
  readonly configuration?: Json;
}

/**
 * Everything that one circuit is delivered as, by path relative to the folder: the same circuit and options give the
 * same bytes.
 * - `<module>.v` (or `.sv`): one module each;
 * - `<top>.f`: these files, children first, for `iverilog -c` and `verilator -f`;
 * - where memories are black boxes: `blackboxes/<module>.v`, stubs for synthesis and lint (listed in `blackboxes.f`), and
 *   `models/<module>.v`, the same modules' behaviour for simulation (listed in `models.f`);
 * - `manifest.json`, `names.json`: see docs/conventions.md.
 * @param circuit after the pass `printable`.
 */
export function emitFolder(circuit: Circuit, options: FolderOptions = {}): Map<string, string> {
  const { dialect = "verilog", configuration = null } = options;
  const { extension } = words[dialect];
  const files = new Map<string, string>();
  const own = circuit.modules.filter((m) => !isBlackBox(m));
  const boxes = circuit.modules.filter(isBlackBox);
  for (const m of own) files.set(m.name + extension, verilogModule(m, circuit, dialect));
  files.set(`${circuit.top}.f`, own.map((m) => `${m.name}${extension}\n`).join(""));
  if (boxes.length > 0) {
    for (const m of boxes) files.set(`blackboxes/${m.name}${extension}`, memoryStub(m, dialect));
    files.set("blackboxes.f", boxes.map((m) => `blackboxes/${m.name}${extension}\n`).join(""));
    for (const m of boxes) files.set(`models/${m.name}${extension}`, verilogModule(m, circuit, dialect));
    files.set("models.f", boxes.map((m) => `models/${m.name}${extension}\n`).join(""));
  }
  files.set("names.json", namesJson(circuit));
  files.set("manifest.json", manifest(circuit, dialect, configuration, files));
  return files;
}

const isBlackBox = (m: Module): m is Extract<Module, { kind: "memory" }> => m.kind === "memory" && m.blackBox;

function manifest(circuit: Circuit, dialect: Dialect, configuration: Json, files: ReadonlyMap<string, string>): string {
  const top = circuit.modules.find((m) => m.name === circuit.top)!;
  const implicit = implicitPorts(top, circuit);
  const { extension } = words[dialect];
  const file = (m: Module): string => (isBlackBox(m) ? "blackboxes/" : "") + m.name + extension;
  const content = {
    schema: "lapa-manifest/1",
    tool: { name: "lapa", version: toolVersion },
    configuration,
    dialect,
    top: circuit.top,
    clock: implicit.includes("clk") ? "clk" : null,
    reset: implicit.includes(resetPort(circuit)) ? { port: resetPort(circuit), kind: circuit.reset } : null,
    latency: top.kind === "logic" ? top.latency : 1,
    ports: (top.kind === "logic" ? top.ports : memoryPorts(top)).map(({ name, direction, width, signed, source }) => ({ name, direction, width, signed, source })),
    streams: top.kind === "logic" ? top.streams : [],
    modules: circuit.modules.map((m) => ({ name: m.name, kind: isBlackBox(m) ? "blackbox" : m.kind, file: file(m), parameters: m.parameters })),
    files: [...files].map(([path, text]) => ({ path, sha256: createHash("sha256").update(text).digest("hex") })),
  };
  return `${spreadJson(content, 2)}\n`;
}
