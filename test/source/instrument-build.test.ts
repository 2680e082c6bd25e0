import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { instrumentBuild } from "../../scripts/instrument";

const design = 'import { f } from "lapa";\nexport const x: number = f();\n';

test("the build instruments the project's designs, and nothing else", () => {
  const root = mkdtempSync(join(tmpdir(), "lapa-build-"));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const read = (file: string): string => readFileSync(join(root, file), "utf8");
  try {
    write("tsconfig.json", '{ "compilerOptions": { "target": "es2023", "module": "nodenext", "sourceMap": true, "strict": true } }');
    const designs = ["generator/lib/fifo.ts", "generator/lapa/pe/pe.ts", "examples/counter.ts", "test/a/designs/b.ts"];
    for (const file of designs) {
      write(file, design);
      write(`dist/${file.replace(/ts$/, "js")}`, "tsc's");
      write(`dist/${file.replace(/ts$/, "d.ts")}`, "tsc's");
    }
    write("generator/passes/p.ts", design);
    write("generator/lib/types.d.ts", "export type T = number;");

    expect(instrumentBuild(root)).toEqual(designs);
    expect(read("dist/generator/lapa/pe/pe.js")).toContain('require("../../hdl/trace").traceFile("generator/lapa/pe/pe.ts")');
    expect(read("dist/examples/counter.js")).toContain('require("../generator/hdl/trace").traceFile("examples/counter.ts")');
    expect(read("dist/test/a/designs/b.js")).toContain('.open("x", 2, 14)');
    expect(read("dist/test/a/designs/b.js")).toMatch(/\/\/# sourceMappingURL=b\.js\.map\s*$/);
    expect(JSON.parse(read("dist/test/a/designs/b.js.map"))).toMatchObject({ file: "b.js", sources: ["../../../../test/a/designs/b.ts"] });
    expect(read("dist/generator/lib/fifo.d.ts")).toBe("tsc's");
    expect(existsSync(join(root, "dist/generator/passes"))).toBe(false);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
