/** `names.json`: from names in the Verilog to the designer's code, and back. */

import { formatLocation } from "../diagnostics/diagnostic";
import { memoryPorts } from "../ir/memory-ports";
import type { Circuit, Location, Module } from "../ir/types";
import { Constants } from "./constants";
import { nextStates } from "./processes";

interface Entry {
  readonly kind: "input" | "output" | "wire" | "reg" | "instance" | "constant";
  /** The designer's name. */
  readonly source: string;
  readonly loc: Location | null;
}

/** The text of `names.json`. */
export function namesJson(circuit: Circuit): string {
  const places = new Map<string, { loc: Location; names: string[] }>();
  const note = (loc: Location | null, name: string): void => {
    if (loc === null) return;
    const key = formatLocation(loc);
    const place = places.get(key) ?? { loc, names: [] };
    places.set(key, place);
    place.names.push(name);
  };
  const text = (value: unknown): string => JSON.stringify(value);
  const place = (loc: Location | null): string => text(loc && formatLocation(loc));
  const modules = circuit.modules.map((m) => {
    note(m.loc, m.name);
    const names = entries(m).map(([name, { kind, source, loc }]) => {
      note(loc, `${m.name}.${name}`);
      return `        ${text(name)}: {"kind":"${kind}","source":${text(source)},"loc":${place(loc)}}`;
    });
    return `    ${text(m.name)}: {\n      "loc": ${place(m.loc)},\n      "names": {\n${names.join(",\n")}\n      }\n    }`;
  });
  const sorted = [...places].sort(([, a], [, b]) => byPlace(a.loc, b.loc)).map(([key, { names }]) => `    ${text(key)}: ${text(names)}`);
  return `{\n  "schema": "lapa-names/1",\n  "modules": {\n${modules.join(",\n")}\n  },\n  "places": {\n${sorted.join(",\n")}\n  }\n}\n`;
}

/** Everything that has a name in a module's Verilog, in the order of the file. */
function entries(module: Module): [string, Entry][] {
  if (module.kind === "memory") return memoryPorts(module).map((p) => [p.name, { kind: p.direction, source: p.source, loc: p.loc }]);
  const printed = nextStates(module);
  return [
    ...printed.ports.map((p): [string, Entry] => [p.name, { kind: p.direction, source: p.source, loc: p.loc }]),
    ...new Constants(printed).all.map(({ name, lit }): [string, Entry] => [name, { kind: "constant", source: lit.label!, loc: null }]),
    ...printed.signals.map((s): [string, Entry] => [s.name, { kind: s.kind, source: s.source, loc: s.loc }]),
    ...printed.instances.map((i): [string, Entry] => [i.name, { kind: "instance", source: i.name.replace(/^u_/, ""), loc: i.loc }]),
  ];
}

function byPlace(a: Location, b: Location): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
}
