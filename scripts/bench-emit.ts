/** A child of the benchmark: emits the systolic array of N x N into a folder, and prints what that took of the processor. */

import { expectShortLife } from "../generator/cli/short-lived";
import { elaborate, emitFolder, runPasses } from "lapa";
import { MacArray } from "../generator/rivals/mac-array";
import { writeFolder } from "../generator/output-folder";

expectShortLife(); // As the command line does.
const [size, folder] = [Number(process.argv[2]), process.argv[3]!];
const before = process.cpuUsage();
const { circuit } = runPasses(elaborate(MacArray, { rows: size, columns: size, operandBits: 8, accumulatorBits: 32 }));
const files = emitFolder(circuit);
const inProcess = process.cpuUsage(before);
const milliseconds = (usage: NodeJS.CpuUsage): number => (usage.user + usage.system) / 1000;
void writeFolder(folder, files).then(() => {
  process.stdout.write(JSON.stringify({ whole: milliseconds(process.cpuUsage()), inProcess: milliseconds(inProcess) }));
});
