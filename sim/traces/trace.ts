/** The attention trace of one head, read from a safetensors file or from .npy files. */

import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../generator/errors";
import { readNpy } from "./npy";
import { narrow, quantise } from "./quantise";
import type { Quantised } from "./quantise";
import { readSafetensors } from "./safetensors";
import type { Tensor } from "./tensor";

/** Integers of W bits, row-major; real = integer * scale. */
export interface Trace {
  readonly name: string;
  /** W, 2 .. 16. */
  readonly operandBits: number;
  /** Shape [nQ][dim]. */
  readonly q: Int16Array;
  /** Shape [nK][dim]. */
  readonly k: Int16Array;
  /** Shape [nK][dim]; null where the trace has none, which prediction can do without. */
  readonly v: Int16Array | null;
  readonly nQ: number;
  readonly nK: number;
  readonly dim: number;
  readonly scaleQ: number;
  readonly scaleK: number;
  /** 1 where v is null. */
  readonly scaleV: number;
  /** What scores are multiplied by, usually 1/sqrt(dim); not yet applied. */
  readonly attnScale: number;
  /** Whether query i sees only keys j <= i. */
  readonly causal: boolean;
  /** The file's metadata, as it stands; empty for .npy. */
  readonly meta: ReadonlyMap<string, string>;
}

/** A safetensors file, a folder with q.npy, k.npy and perhaps v.npy, or those files one by one. */
export type TraceSource = string | { readonly q: string; readonly k: string; readonly v?: string };

interface Loaded {
  readonly name: string;
  readonly meta: ReadonlyMap<string, string>;
  readonly q: Located;
  readonly k: Located;
  readonly v: Located | null;
}

/** A tensor and the words by which messages call it. */
interface Located {
  readonly tensor: Tensor;
  readonly where: string;
}

/**
 * Reads a trace as operands of W bits.
 *
 * Integer tensors are used as they are when their values fit in W bits, and are otherwise shifted right (see `narrow`).
 * Floating-point tensors are quantised (see `quantise`). Metadata: `scale_q`, `scale_k`, `scale_v` (real = stored
 * element * scale), `attn_scale` and `causal` ("true" or "false"); a scale that is absent is 1, an absent `causal` false.
 * @param options.operandBits W, 2 .. 16.
 * @throws UserError naming the file, what is wrong and how to mend it, for anything that is not a usable trace;
 *   RangeError when operandBits is out of range.
 */
export function readTrace(source: TraceSource, options: { readonly operandBits: number }): Trace {
  const { operandBits } = options;
  if (!Number.isInteger(operandBits) || operandBits < 2 || operandBits > 16) {
    throw new RangeError(`operandBits must be an integer from 2 to 16, not ${operandBits}`);
  }
  const { name, meta, q, k, v } = load(source);
  const [nQ, dim] = matrixShape(q);
  const [nK, keyDim] = matrixShape(k);
  if (keyDim !== dim) {
    throw new UserError(`${k.where} has dimension ${keyDim}, but the queries have ${dim}`, "save q and k of the same head");
  }
  if (v !== null) checkValues(v, nK, dim);
  const where = typeof source === "string" ? source : source.q;
  const scale = (key: string): number => positive(meta, key, where);
  const scaled = (t: Located, key: string): Quantised => toOperands(t, scale(key), operandBits);
  const [qs, ks] = [scaled(q, "scale_q"), scaled(k, "scale_k")];
  const vs = v === null ? null : scaled(v, "scale_v");
  return {
    name, operandBits, q: qs.values, k: ks.values, v: vs?.values ?? null, nQ, nK, dim,
    scaleQ: qs.scale, scaleK: ks.scale, scaleV: vs?.scale ?? 1,
    attnScale: scale("attn_scale"), causal: isCausal(meta, where), meta,
  };
}

function load(source: TraceSource): Loaded {
  if (typeof source !== "string") return loadNpy(path.basename(source.q, ".npy"), source);
  if (fs.existsSync(source) && fs.statSync(source).isDirectory()) return loadFolder(source);
  if (source.endsWith(".npy")) {
    throw new UserError(
      `${source}: is one tensor, but a trace has q and k`,
      "name the folder that holds q.npy, k.npy and perhaps v.npy",
    );
  }
  const file = readSafetensors(source);
  const get = (key: string): Located => ({ tensor: file.tensor(key), where: `${source}: tensor "${key}"` });
  const v = file.names.includes("v") ? get("v") : null;
  return { name: path.basename(source, ".safetensors"), meta: file.metadata, q: get("q"), k: get("k"), v };
}

function loadFolder(folder: string): Loaded {
  const file = (key: string): string => path.join(folder, `${key}.npy`);
  for (const key of ["q", "k"]) {
    if (!fs.existsSync(file(key))) {
      throw new UserError(
        `${folder}: the folder has no ${key}.npy`,
        "save q.npy, k.npy and perhaps v.npy in it, or name a safetensors file",
      );
    }
  }
  const v = fs.existsSync(file("v")) ? file("v") : undefined;
  return loadNpy(path.basename(path.resolve(folder)), { q: file("q"), k: file("k"), v });
}

function loadNpy(name: string, files: { readonly q: string; readonly k: string; readonly v?: string }): Loaded {
  const get = (file: string): Located => ({ tensor: readNpy(file), where: file });
  return { name, meta: new Map(), q: get(files.q), k: get(files.k), v: files.v === undefined ? null : get(files.v) };
}

function matrixShape({ tensor: { shape }, where }: Located): readonly [tokens: number, dim: number] {
  if (shape.length !== 2) {
    throw new UserError(
      `${where} has ${shape.length} dimensions, shape [${shape.join(", ")}]`,
      "save one head at a time, as [tokens][dim]",
    );
  }
  const [tokens, dim] = shape;
  if (tokens === 0 || dim === 0) {
    throw new UserError(`${where} is empty: ${tokens} tokens of dimension ${dim}`, "save at least one token");
  }
  return [tokens, dim];
}

function checkValues(v: Located, nK: number, dim: number): void {
  const [tokens, valueDim] = matrixShape(v);
  if (tokens !== nK) {
    throw new UserError(`${v.where} has ${tokens} tokens, but there are ${nK} keys`, "save k and v of the same head and input");
  }
  if (valueDim !== dim) {
    throw new UserError(`${v.where} has dimension ${valueDim}, but the keys have ${dim}`, "save k and v of the same head");
  }
}

function toOperands({ tensor: { data }, where }: Located, scale: number, operandBits: number): Quantised {
  const { values, scale: own } = data instanceof Int8Array || data instanceof Int16Array
    ? narrow(data, 1, operandBits)
    : quantise(data, operandBits, where);
  return { values, scale: own * scale };
}

/** A scale of the metadata; 1 when it is absent. */
function positive(meta: ReadonlyMap<string, string>, key: string, file: string): number {
  const text = meta.get(key);
  if (text === undefined) return 1;
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value) || value <= 0) {
    throw new UserError(`${file}: metadata ${key} is "${text}"`, "write it as a positive decimal number, or leave it out for 1");
  }
  return value;
}

function isCausal(meta: ReadonlyMap<string, string>, file: string): boolean {
  const text = meta.get("causal") ?? "false";
  if (text !== "true" && text !== "false") {
    throw new UserError(`${file}: metadata causal is "${text}"`, 'write "true" or "false"');
  }
  return text === "true";
}
