import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorCodes } from "../../generator/lapa/error-codes";
import { registerHeader } from "../../generator/lapa/register-header";
import { type Access, registerMap, type RegisterMapParameters } from "../../generator/lapa/register-map";
import { registerRdl } from "../../generator/lapa/register-rdl";
import { pageParameters, pageText } from "../../scripts/register-page";

const root = join(__dirname, "..", "..", "..");
const base = pageParameters();
const cases: readonly (readonly [string, RegisterMapParameters])[] = [
  ["base", base],
  ["three rounds, key side", { ...base, logSide: "key", window: null, slices: [2, 2, 4], keysPerCycle: [4, 4, 2] }],
  ["one round, the largest rho", { ...base, headDim: 256, maxKeys: 8192, slices: [8], keysPerCycle: [16], beatBytes: 64, peRows: 64 }],
];

test("docs/registers.md is what the map gives", () => {
  expect(readFileSync(join(root, "docs", "registers.md"), "utf8")).toBe(pageText());
});

describe.each(cases)("%s", (_, params) => {
  const map = registerMap(params);
  const fields = map.flatMap((r) => r.fields.map((f) => ({ register: r, field: f })));

  test("the C header compiles without a warning, and its functions take fields apart and together", () => {
    const word = 0x9c3ba5d7n;
    const checks = fields.flatMap(({ register, field: { name, low, bits, reset, signed } }) => {
      const macro = `LAPA_${register.name}_${name.toUpperCase()}`;
      const part = (word >> BigInt(low)) & ((1n << BigInt(bits)) - 1n);
      const rest = word & ~(((1n << BigInt(bits)) - 1n) << BigInt(low));
      return [
        `LAPA_${register.name} == ${register.address}`, `${macro}_RESET == ${reset}u`,
        `lapa_get_${name}(${word}u) == ${signed ? `(int32_t)(${BigInt.asIntN(bits, part)})` : `${part}u`}`,
        `lapa_set_${name}(${word}u, 0) == ${rest}u`, `lapa_set_${name}(${rest}u, ${signed ? `(int32_t)(${BigInt.asIntN(bits, part)})` : `${part}u`}) == ${word}u`,
      ];
    });
    const program = `#include "lapa_registers.h"\n#include <stdio.h>\nint main(void) {\n  unsigned right = 0;\n${
      checks.map((c) => `  if (${c}) right++; else printf("%s\\n", "${c}");\n`).join("")}  printf("%u\\n", right);\n  return LAPA_ERROR_NONE;\n}\n`;
    const folder = mkdtempSync(join(tmpdir(), "lapa-header-"));
    try {
      writeFileSync(join(folder, "lapa_registers.h"), registerHeader(map));
      writeFileSync(join(folder, "check.c"), program);
      const run = (tool: string, ...args: string[]): string => execFileSync(tool, args, { cwd: folder, encoding: "utf8" });
      run("gcc", "-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Werror", "-o", "check", "check.c");
      expect(run(join(folder, "check"))).toBe(`${checks.length}\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("SystemRDL: every register and field, with its bits, access and reset", () => {
    const text = registerRdl(map, "lapa");
    const bodies = [...text.matchAll(/^ {2}reg \{\n([^]*?)\n {2}\} (\w+) @ (0x[0-9a-f]+);$/gm)];
    expect(bodies.map(([, , name, address]) => [name, Number(address)])).toEqual(map.map((r) => [r.name, r.address]));
    const software: Readonly<Record<Access, string>> = { constant: "r", ro: "r", rw: "rw", w1c: "rw", pulse: "w" };
    bodies.forEach(([, body], i) => {
      const found = [...body!.matchAll(/ {4}field \{ desc = "(?:[^"\\]|\\.)*"; sw = (\w+);(.*?) \} (\w+)\[(\d+):(\d+)\](?: = (\d+)'h([0-9a-f]+))?;/g)];
      expect(found.map(([, sw, more, name, high, low, size, reset]) => ({
        sw, name, high: Number(high), low: Number(low), size: size === undefined ? null : Number(size), reset: reset === undefined ? null : BigInt(`0x${reset}`),
        clears: more!.includes("woclr"), isPulse: more!.includes("singlepulse"),
      }))).toEqual(map[i]!.fields.map((f) => ({
        sw: software[f.access], name: f.name, high: f.low + f.bits - 1, low: f.low, size: f.access === "ro" ? null : f.bits, reset: f.access === "ro" ? null : f.reset,
        clears: f.access === "w1c", isPulse: f.access === "pulse",
      })));
    });
    expect([...text.matchAll(/^ {2}\w+ = 8'd(\d+) \{/gm)].map((m) => Number(m[1]))).toEqual(errorCodes.map((e) => e.code));
  });
});
