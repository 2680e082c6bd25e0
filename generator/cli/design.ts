/** What commands simulate and check: a unit's circuit with its Verilog, fresh or from a folder. */

import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { build, type Built } from "../build";
import { UserError } from "../errors";
import { isVerilogFor, type VerilogFile } from "../emit/collateral";
import type { UnitConfig } from "../lapa/unit-config";
import { elaborateBench, elaborateUnit, unitCollateral } from "../lapa/units";
import { isSystemError } from "../output-folder";
import { type ConfigurationArguments, manifestConfiguration, readConfiguration } from "./configuration";
import { driverFiles } from "./driver-files";

export interface UnitDesign extends Built {
  readonly config: UnitConfig;
}

/** @throws DiagnosticError for a fault in the unit's own description. */
export function unitDesign(config: UnitConfig): UnitDesign {
  const beside = new Map([...unitCollateral(config), ...driverFiles(config)]);
  return { config, ...build(elaborateUnit(config), { configuration: { ...config }, dialect: config.dialect, beside }) };
}

/** What vectors are run on: the unit, with what stands around it where it has more than streams. @throws DiagnosticError as `unitDesign` does. */
export function simulatedDesign(config: UnitConfig): UnitDesign {
  return { config, ...build(elaborateBench(config), { configuration: null, dialect: config.dialect }) };
}

/** The modules of a simulated design that are not the unit's own. */
export function filesAround({ config, design }: UnitDesign): readonly VerilogFile[] {
  const modules = new Map(design.circuit.modules.map((m) => [m.name, m]));
  const own = new Set([config.name]);
  // A set goes on over what is added meanwhile.
  for (const name of own) {
    const module = modules.get(name);
    if (module?.kind === "logic") module.instances.forEach((i) => own.add(i.module));
  }
  return design.files.filter((f) => !own.has(parse(f.name).name));
}

/**
 * The Verilog in a folder, as `simulatedDesign` has it, and the circuit that it should be.
 * @param args the configuration, where one is named; otherwise it is the one in the folder's manifest.
 * @throws UserError when the folder cannot be read, or has no Verilog, or has no manifest and no configuration is named.
 */
export function folderDesign(folder: string, args: ConfigurationArguments): UnitDesign {
  const config = args.config === undefined ? manifestConfiguration(folder, args) : readConfiguration(args);
  const unit = simulatedDesign(config);
  const names = read(folder, () => readdirSync(folder, { recursive: true }) as string[]).filter((name) => isVerilogFor("simulation", name)).sort();
  if (names.length === 0) throw new UserError(`${folder} has no Verilog`, "name a folder that lapa generate wrote");
  const files = names.map((name) => ({ name, text: read(folder, () => readFileSync(join(folder, name), "utf8")) }));
  return { ...unit, design: { ...unit.design, files: [...files, ...filesAround(unit)] } };
}

function read<T>(folder: string, from: () => T): T {
  try {
    return from();
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EPERM")) {
      throw new UserError(`${folder}: cannot be read: ${error.message}`, "name a folder that lapa generate wrote");
    }
    throw error;
  }
}
