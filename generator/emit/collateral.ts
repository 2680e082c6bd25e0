/** The folder of RTL: a file a module, file lists for tools, and two JSON files about what they hold. */

import { createHash } from "node:crypto";
import { memoryPorts } from "../ir/memory-ports";
import type { Circuit, Json, MemoryModule, Module } from "../ir/types";
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
  /** Other files that belong to the design, by path: register maps and their like. */
  readonly beside?: ReadonlyMap<string, string>;
}

export interface VerilogFile {
  /** Path relative to the folder. */
  readonly name: string;
  readonly text: string;
}

/** Whom Verilog is for: simulators, which need what a black box does; or synthesis and lint, which need its ports alone. */
export type Use = "simulation" | "synthesis";

/** Where the files of black boxes are, and (with `.f`) the list of them. */
const boxFolders: { readonly [U in Use]: string } = { simulation: "models", synthesis: "blackboxes" };

/** Whether a file of a folder (see emitFolder) is Verilog for this use. Together these have every module once. */
export function isVerilogFor(use: Use, path: string): boolean {
  return /\.s?v$/.test(path) && (!path.includes("/") || path.startsWith(`${boxFolders[use]}/`));
}

/**
 * Everything that one circuit is delivered as, by path relative to the folder: the same circuit and options give the
 * same bytes.
 * - `<module>.v` (or `.sv`): one module each;
 * - `<top>.f`: these files, children first, for `iverilog -f` and `verilator -f`;
 * - where memories are black boxes: `blackboxes/<module>.v`, stubs for synthesis and lint (listed in `blackboxes.f`), and
 *   `models/<module>.v`, the same modules' behaviour for simulation (listed in `models.f`). Each use takes one of them;
 * - `manifest.json`, `names.json`: see docs/conventions.md.
 * @param circuit after the pass `printable`.
 */
export function emitFolder(circuit: Circuit, options: FolderOptions = {}): Map<string, string> {
  const { dialect = "verilog", configuration = null, beside = new Map<string, string>() } = options;
  const { extension } = words[dialect];
  const files = new Map<string, string>();
  const own = circuit.modules.filter((m) => !isBlackBox(m));
  const boxes = circuit.modules.filter(isBlackBox);
  for (const m of own) files.set(m.name + extension, verilogModule(m, circuit, dialect));
  files.set(`${circuit.top}.f`, own.map((m) => `${m.name}${extension}\n`).join(""));
  if (boxes.length > 0) {
    addBoxes(files, "synthesis", boxes, extension, (m) => memoryStub(m, dialect));
    addBoxes(files, "simulation", boxes, extension, (m) => verilogModule(m, circuit, dialect));
  }
  for (const [path, text] of beside) files.set(path, text);
  files.set("names.json", namesJson(circuit));
  files.set("manifest.json", manifest(circuit, dialect, configuration, files));
  return files;
}

/** A file for each black box, and the list of them. */
function addBoxes(files: Map<string, string>, use: Use, boxes: readonly MemoryModule[], extension: string, text: (m: MemoryModule) => string): void {
  const path = (m: MemoryModule): string => `${boxFolders[use]}/${m.name}${extension}`;
  for (const m of boxes) files.set(path(m), text(m));
  files.set(`${boxFolders[use]}.f`, boxes.map((m) => `${path(m)}\n`).join(""));
}

const isBlackBox = (m: Module): m is MemoryModule => m.kind === "memory" && m.blackBox;

function manifest(circuit: Circuit, dialect: Dialect, configuration: Json, files: ReadonlyMap<string, string>): string {
  const top = circuit.modules.find((m) => m.name === circuit.top)!;
  const implicit = implicitPorts(top, circuit);
  const { extension } = words[dialect];
  const file = (m: Module, use: Use): string => (isBlackBox(m) ? `${boxFolders[use]}/` : "") + m.name + extension;
  const lists = (use: Use): string[] => [`${circuit.top}.f`, `${boxFolders[use]}.f`].filter((list) => files.has(list));
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
    modules: circuit.modules.map((m) => ({
      name: m.name, kind: isBlackBox(m) ? "blackbox" : m.kind, file: file(m, "synthesis"), ...(isBlackBox(m) ? { model: file(m, "simulation") } : {}), parameters: m.parameters,
    })),
    lists: { synthesis: lists("synthesis"), simulation: lists("simulation") },
    files: [...files].map(([path, text]) => ({ path, sha256: createHash("sha256").update(text).digest("hex") })),
  };
  return `${spreadJson(content, 2)}\n`;
}
