import { createHash } from "node:crypto";
import { emitFolder } from "../../generator/emit/collateral";
import { toolVersion } from "../../generator/emit/banner";
import { printable } from "../../generator/passes/printable";
import type { Circuit } from "../../generator/ir/types";
import { elaborate } from "lapa";
import { Counter } from "../hdl/designs/counter";
import { Queue } from "../hdl/designs/queue";
import { assign, circuit, logic, ref } from "./build";
import { family, machine, memory } from "./zoo";

const json = (files: ReadonlyMap<string, string>, name: string): Record<string, unknown> => JSON.parse(files.get(name)!) as Record<string, unknown>;

describe("the folder of RTL", () => {
  test("a file a module and a list of them, children first", () => {
    const files = emitFolder(printable(family()));
    expect([...files.keys()]).toEqual(["stage.v", "family.v", "family.f", "names.json", "manifest.json"]);
    expect(files.get("family.f")).toBe("stage.v\nfamily.v\n");
  });

  test("SystemVerilog files end in .sv", () => {
    expect([...emitFolder(printable(family()), { dialect: "systemverilog" }).keys()].slice(0, 2)).toEqual(["stage.sv", "family.sv"]);
  });

  test("the manifest: ports, streams, clock, reset, modules, and a checksum a file", () => {
    const files = emitFolder(printable(elaborate(Queue, { width: 8, depth: 5 }, { reset: "async-low" })), { configuration: { width: 8, name: "q" } });
    const manifest = json(files, "manifest.json");
    expect(manifest).toMatchObject({
      schema: "lapa-manifest/1", tool: { name: "lapa", version: toolVersion }, configuration: { width: 8, name: "q" }, dialect: "verilog",
      top: "queue", clock: "clk", reset: { port: "rst_n", kind: "async-low" }, latency: null,
      modules: [{ name: "lapa_memory_5x9", kind: "memory", file: "lapa_memory_5x9.v", parameters: { depth: 5, width: 9, lanes: 1 } }, { name: "queue", kind: "logic", file: "queue.v" }],
    });
    expect((manifest.ports as unknown[])[1]).toEqual({ name: "in_data", direction: "input", width: 8, signed: false, source: "in.payload.data" });
    expect((manifest.streams as unknown[])[0]).toMatchObject({ name: "in", direction: "input", valid: "in_valid", ready: "in_ready" });
    const sums = (manifest.files as { path: string; sha256: string }[]).map((f) => [f.path, f.sha256]);
    expect(sums).toEqual([...files].filter(([path]) => path !== "manifest.json").map(([path, text]) => [path, createHash("sha256").update(text).digest("hex")]));
  });

  test("a circuit without state has neither clock nor reset", () => {
    const plain = circuit([logic("plain", { ports: ["input a 1", "output y 1"], body: [assign("y", ref("a", 1))] })]);
    const manifest = json(emitFolder(plain), "manifest.json");
    expect([manifest.clock, manifest.reset, manifest.configuration]).toEqual([null, null, null]);
  });

  test("names.json goes both ways", () => {
    const names = json(emitFolder(printable(elaborate(Counter, { width: 8 }))), "names.json") as { modules: Record<string, { names: object }>; places: object };
    expect(names.modules.counter!.names).toMatchObject({
      enable: { kind: "input", source: "enable", loc: "test/hdl/designs/counter.ts:5:12" },
      value: { kind: "reg", source: "value", loc: "test/hdl/designs/counter.ts:10:11" },
    });
    expect(names.places).toMatchObject({ "test/hdl/designs/counter.ts:10:11": ["counter.value"] });
  });

  test("names.json knows the names that printing adds", () => {
    const names = json(emitFolder(printable(machine("sync-high"))), "names.json") as { modules: Record<string, { names: object }> };
    expect(names.modules.machine_sync_high!.names).toMatchObject({
      STATE_RUN: { kind: "constant", source: "state_run" }, state_next: { kind: "wire", source: "state" },
    });
  });

  test("a black box: a stub apart, and a model for simulation", () => {
    const files = emitFolder(printable(memory(16, 8, 8, true)));
    const name = "memory_8x16_8_macro.v";
    expect([...files.keys()]).toEqual([
      "uses_memory_8x16_8_macro.v", "uses_memory_8x16_8_macro.f", `blackboxes/${name}`, "blackboxes.f", `models/${name}`, "models.f", "names.json", "manifest.json",
    ]);
    expect(files.get("uses_memory_8x16_8_macro.f")).toBe("uses_memory_8x16_8_macro.v\n");
    expect([files.get("blackboxes.f"), files.get("models.f")]).toEqual([`blackboxes/${name}\n`, `models/${name}\n`]);
    expect(files.get(`blackboxes/${name}`)).toMatch(/\(\* blackbox \*\)\nmodule memory_8x16_8_macro \([^;]*\);\nendmodule/);
    expect(files.get(`models/${name}`)).toContain("if (rd_en) rd_data <= mem[rd_addr];");
    expect(json(files, "manifest.json")).toMatchObject({
      modules: [{ name: "memory_8x16_8_macro", kind: "blackbox", file: `blackboxes/${name}`, model: `models/${name}` }, { kind: "logic" }],
      lists: { synthesis: ["uses_memory_8x16_8_macro.f", "blackboxes.f"], simulation: ["uses_memory_8x16_8_macro.f", "models.f"] },
    });
  });

  test("the same circuit gives the same bytes", () => {
    const copy = JSON.parse(JSON.stringify(family())) as Circuit;
    expect([...emitFolder(printable(copy))]).toEqual([...emitFolder(printable(family()))]);
  });
});
