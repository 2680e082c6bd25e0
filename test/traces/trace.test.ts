import * as fs from "node:fs";
import * as path from "node:path";
import { readTrace } from "../../sim/traces/trace";
import type { Trace } from "../../sim/traces/trace";
import { npy, safetensors, temporaryFolder, userErrorOf } from "./fixtures";
import type { Stored } from "./fixtures";

const folder = temporaryFolder();
const q: Stored = { shape: [2, 3], data: Int8Array.of(1, -2, 3, -127, 0, 127) };
const k: Stored = { shape: [1, 3], data: Int8Array.of(4, 5, -6) };
const v: Stored = { shape: [1, 3], data: Int8Array.of(7, 8, 9) };

let files = 0;
function write(bytes: Uint8Array, name = `t${files++}.safetensors`): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
  return file;
}
const read = (tensors: Record<string, Stored>, metadata?: Record<string, string>, operandBits = 8): Trace =>
  readTrace(write(safetensors(tensors, metadata)), { operandBits });

describe("safetensors", () => {
  test("with all its metadata", () => {
    const meta = { scale_q: "0.5", scale_k: "2e-3", scale_v: ".25", attn_scale: "0.125", causal: "true", model: "m" };
    const file = write(safetensors({ q, k, v }, meta), "head.safetensors");
    expect(readTrace(file, { operandBits: 8 })).toEqual({
      name: "head", operandBits: 8, q: Int16Array.from(q.data), k: Int16Array.from(k.data), v: Int16Array.from(v.data),
      nQ: 2, nK: 1, dim: 3, scaleQ: 0.5, scaleK: 0.002, scaleV: 0.25, attnScale: 0.125, causal: true, meta: new Map(Object.entries(meta)),
    });
  });

  test("without v and without metadata", () => {
    expect(read({ q, k })).toMatchObject({ v: null, scaleQ: 1, scaleK: 1, scaleV: 1, attnScale: 1, causal: false });
  });

  test("in fewer bits each tensor is shifted by itself, and its scale grows", () => {
    expect(read({ q, k, v }, { scale_q: "0.5" }, 4)).toMatchObject({
      q: Int16Array.of(0, -1, 0, -8, 0, 7), scaleQ: 8, k: Int16Array.of(4, 5, -6), scaleK: 1, v: Int16Array.of(3, 4, 4), scaleV: 2,
    });
  });

  test("in more bits it is used as it is; floats are quantised, and their scale multiplies", () => {
    expect(read({ q, k }, {}, 12)).toMatchObject({ q: Int16Array.from(q.data), scaleQ: 1 });
    const floats = { shape: [1, 3], data: Float32Array.of(-31.75, 0.125, 0.1) };
    expect(read({ q, k: floats }, { scale_k: "0.5" })).toMatchObject({ k: Int16Array.of(-127, 1, 0), scaleK: 0.125 });
  });
});

describe("npy", () => {
  const floats: Stored = { shape: [1, 3], data: Float64Array.of(254, -1, 3) };

  test("a folder, and three files", () => {
    for (const [name, t] of Object.entries({ q, k: floats, v })) write(npy(t), `head0/${name}.npy`);
    const expected = { q: Int16Array.from(q.data), k: Int16Array.of(127, -1, 2), v: Int16Array.from(v.data), nQ: 2, nK: 1, dim: 3, scaleQ: 1, scaleK: 2, attnScale: 1, causal: false };
    expect(readTrace(path.join(folder, "head0"), { operandBits: 8 })).toMatchObject({ ...expected, name: "head0" });
    const at = (name: string): string => path.join(folder, "head0", name);
    expect(readTrace({ q: at("q.npy"), k: at("k.npy"), v: at("v.npy") }, { operandBits: 8 })).toMatchObject({ ...expected, name: "q" });
    expect(readTrace({ q: at("q.npy"), k: at("k.npy") }, { operandBits: 8 })).toMatchObject({ v: null });
  });

  test("bad ones", () => {
    write(npy(q), "head1/q.npy");
    const error = (source: string): string => userErrorOf(() => readTrace(source, { operandBits: 8 }));
    expect(error(path.join(folder, "head1"))).toMatch(/head1: the folder has no k\.npy \| save q\.npy, k\.npy and perhaps v\.npy in it/);
    expect(error(path.join(folder, "head1", "q.npy"))).toMatch(/q\.npy: is one tensor, but a trace has q and k \| name the folder/);
    write(npy({ shape: [1, 3], data: Float32Array.of(1, 2, NaN) }), "head1/k.npy");
    expect(error(path.join(folder, "head1"))).toMatch(/head1.k\.npy: element 2 is NaN/);
    fs.mkdirSync(path.join(folder, "head2", "q.npy"), { recursive: true });
    fs.mkdirSync(path.join(folder, "head2", "k.npy"));
    expect(error(path.join(folder, "head2"))).toMatch(/q\.npy: is a directory, not a file/);
  });
});

describe("bad files", () => {
  const error = (file: string): string => userErrorOf(() => readTrace(file, { operandBits: 8 }));

  test("missing, empty, cut, not a file", () => {
    expect(error(path.join(folder, "none.safetensors"))).toMatch(/none\.safetensors: no such file \| check the path, or use the name of a bundled trace/);
    expect(error("")).toMatch(/: no such file/);
    expect(error("\0")).toMatch(/: no such file/);
    expect(error(write(Buffer.alloc(0)))).toMatch(/\.safetensors: is empty \(0 bytes\)/);
    expect(error(write(safetensors({ q, k }).subarray(0, 100)))).toMatch(/the header is said to have \d+ bytes, but only 92 follow/);
    expect(error("/dev/null")).toMatch(/^\/dev\/null: is not a regular file/);
  });

  test.each<[string, Record<string, Stored>, RegExp]>([
    ["no q", { k, v }, /: there is no tensor "q"; it has k, v/],
    ["no k", { q, v }, /: there is no tensor "k"; it has q, v/],
    ["rank 1", { q: { ...q, shape: [6] }, k }, /tensor "q" has 1 dimensions, shape \[6\] \| save one head at a time/],
    ["rank 3", { q, k: { ...k, shape: [1, 1, 3] } }, /tensor "k" has 3 dimensions, shape \[1, 1, 3\]/],
    ["no tokens", { q: { shape: [0, 3], data: new Int8Array(0) }, k }, /tensor "q" is empty: 0 tokens of dimension 3/],
    ["no dimension", { q: { shape: [5, 0], data: new Int8Array(0) }, k }, /tensor "q" is empty: 5 tokens of dimension 0/],
    ["dimensions that differ", { q, k: { ...k, shape: [3, 1] } }, /tensor "k" has dimension 1, but the queries have 3/],
    ["values of another length", { q, k, v: { shape: [2, 3], data: new Int8Array(6) } }, /tensor "v" has 2 tokens, but there are 1 keys/],
    ["values of another dimension", { q, k, v: { shape: [1, 2], data: new Int8Array(2) } }, /tensor "v" has dimension 2, but the keys have 3/],
    ["infinite elements", { q: { shape: [1, 3], data: Float32Array.of(0, Infinity, 0) }, k }, /tensor "q": element 1 is Infinity/],
  ])("%s", (_, tensors, message) => {
    expect(error(write(safetensors(tensors)))).toMatch(message);
  });

  test.each(["0", "-0.5", "nan", "NaN", "Infinity", "1e999", "1e-999", "0x10", "", " 1", "1,5", "half"])("scale %j", (text) => {
    for (const key of ["scale_q", "scale_k", "scale_v", "attn_scale"]) {
      expect(error(write(safetensors({ q, k, v }, { [key]: text })))).toContain(`metadata ${key} is "${text}" | write it as a positive decimal number`);
    }
  });

  test("causal", () => {
    expect(error(write(safetensors({ q, k }, { causal: "True" })))).toMatch(/metadata causal is "True" \| write "true" or "false"/);
  });

  test("operandBits is the caller's mistake", () => {
    for (const operandBits of [1, 17, 8.5, NaN]) expect(() => read({ q, k }, {}, operandBits)).toThrow(RangeError);
  });
});
