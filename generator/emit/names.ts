/** `names.json`: from names in the Verilog to the designer's code, and back. */

import { formatLocation } from "../diagnostics/diagnostic";
import { memoryPorts } from "../ir/memory-ports";
import type { Circuit, Location, Module } from "../ir/types";
import { Constants } from "./constants";
import { nextStates } from "./processes";

type Kind = "input" | "output" | "wire" | "reg" | "instance" | "constant";

/** A place in the designer's code, and the names of what was made there. */
interface Place {
  readonly loc: Location;
  /** As JSON. */
  readonly text: string;
  readonly names: string[];
}

/** The text of `names.json`. */
export function namesJson(circuit: Circuit): string {
  const places = new Places();
  const modules = circuit.modules.map((m) => {
    const place = places.note(m.loc, m.name);
    return `    "${m.name}": {\n      "loc": ${place},\n      "names": {\n${entries(m, places).join(",\n")}\n      }\n    }`;
  });
  const sorted = places.sorted().map(({ text, names }) => `    ${text}: ${JSON.stringify(names)}`);
  return `{\n  "schema": "lapa-names/1",\n  "modules": {\n${modules.join(",\n")}\n  },\n  "places": {\n${sorted.join(",\n")}\n  }\n}\n`;
}

class Places {
  private readonly known = new Map<string, Place>();
  /** The same by object: most things of one place share theirs. */
  private readonly byObject = new Map<Location, Place>();

  /** Notes that something was made at a place. @returns the place as JSON. */
  note(loc: Location | null, name: string): string {
    if (loc === null) return "null";
    const place = this.byObject.get(loc) ?? this.enter(loc);
    place.names.push(name);
    return place.text;
  }

  sorted(): Place[] {
    return [...this.known.values()].sort((a, b) => byPlace(a.loc, b.loc));
  }

  private enter(loc: Location): Place {
    const text = JSON.stringify(formatLocation(loc));
    const place = this.known.get(text) ?? { loc, text, names: [] };
    this.known.set(text, place);
    this.byObject.set(loc, place);
    return place;
  }
}

/** Everything that has a name in a module's Verilog, in the order of the file, as lines of JSON. */
function entries(module: Module, places: Places): string[] {
  const found: string[] = [];
  const add = (name: string, kind: Kind, source: string, loc: Location | null): void => {
    // A name in Verilog needs no escapes; what the designer wrote may.
    found.push(`        "${name}": {"kind":"${kind}","source":${JSON.stringify(source)},"loc":${places.note(loc, `${module.name}.${name}`)}}`);
  };
  const ports = module.kind === "memory" ? memoryPorts(module) : module.ports;
  for (const p of ports) add(p.name, p.direction, p.source, p.loc);
  if (module.kind === "memory") return found;
  const printed = nextStates(module);
  for (const { name, lit } of new Constants(printed).all) add(name, "constant", lit.label!, null);
  for (const s of printed.signals) add(s.name, s.kind, s.source, s.loc);
  for (const i of printed.instances) add(i.name, "instance", i.name.replace(/^u_/, ""), i.loc);
  return found;
}

function byPlace(a: Location, b: Location): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
}
