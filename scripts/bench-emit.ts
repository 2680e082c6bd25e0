/** A child of the benchmark: emits a systolic array of N x N into a folder, and prints what that took of the processor. */

import { expectShortLife } from "../generator/cli/short-lived";
import { type Circuit, elaborate, emitFolder, runPasses } from "lapa";
import { PeArray } from "../generator/lapa/pe-array";
import { MacArray } from "../generator/rivals/mac-array";
import { writeFolder } from "../generator/output-folder";

expectShortLife(); // As the command line does.
const [which, size, folder] = [process.argv[2], Number(process.argv[3]), process.argv[4]!];
const square = { rows: size, columns: size };
const elaborated = (): Circuit =>
  which === "pe" ? elaborate(PeArray, { ...PeArray.defaults, ...square }) : elaborate(MacArray, { ...square, operandBits: 8, accumulatorBits: 32 });
const before = process.cpuUsage();
const { circuit } = runPasses(elaborated());
const files = emitFolder(circuit);
const inProcess = process.cpuUsage(before);
const milliseconds = (usage: NodeJS.CpuUsage): number => (usage.user + usage.system) / 1000;
void writeFolder(folder, files).then(() => {
  process.stdout.write(JSON.stringify({ whole: milliseconds(process.cpuUsage()), inProcess: milliseconds(inProcess) }));
});
