/**
 * A strict reader of safetensors: 8 bytes of header length (little-endian), a JSON header, and the tensors' bytes, which
 * must cover the rest of the file without gap or overlap. Nothing is allocated by a length that has not been checked.
 */

import { UserError } from "../../generator/errors";
import { readBytes } from "./file";
import { byteLength, decodeTensor } from "./tensor";
import type { Dtype, Tensor } from "./tensor";

export interface Safetensors {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of the header. */
  readonly names: readonly string[];
  /** @throws UserError when the file has no such tensor, or one of a dtype that is not read here. */
  tensor(name: string): Tensor;
}

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The dtypes of the format, with their bytes an element. */
const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ["BOOL", 1], ["U8", 1], ["I8", 1], ["F8_E4M3", 1], ["F8_E5M2", 1], ["U16", 2], ["I16", 2], ["F16", 2], ["BF16", 2],
  ["U32", 4], ["I32", 4], ["F32", 4], ["U64", 8], ["I64", 8], ["F64", 8],
]);
const READABLE: ReadonlyMap<string, Dtype> = new Map([["I8", "int8"], ["I16", "int16"], ["F32", "float32"], ["F64", "float64"]]);
const REWRITE = "write the file again with a safetensors library";

/** @throws UserError naming the file, what is wrong and how to mend it, for anything that is not a whole safetensors file. */
export function readSafetensors(file: string): Safetensors {
  return parseSafetensors(readBytes(file), file);
}

/** Parses the bytes of a file. @param file its name, for messages. @throws UserError as `readSafetensors` does. */
export function parseSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const { text, body } = split(bytes, file);
  const header = parseHeader(text, file);
  const metadata = readMetadata(header.get("__metadata__"), file);
  header.delete("__metadata__");
  const entries = [...header].map(([name, value]) => readEntry(name, value, body.length, file));
  checkCover(entries, body.length, file);
  return {
    metadata,
    names: entries.map((e) => e.name),
    tensor: (name) => {
      const entry = entries.find((e) => e.name === name);
      if (entry === undefined) {
        const has = entries.map((e) => e.name).join(", ") || "none at all";
        throw new UserError(
          `${file}: there is no tensor "${name}"; it has ${has}`,
          "name the tensors q, k and v (v may be left out)",
        );
      }
      const dtype = READABLE.get(entry.dtype);
      if (dtype === undefined) {
        throw new UserError(
          `${file}: tensor "${name}" has dtype ${entry.dtype}`,
          `convert it to one of ${[...READABLE.keys()].join(", ")}`,
        );
      }
      return decodeTensor(body.subarray(entry.begin, entry.end), dtype, entry.shape);
    },
  };
}

function split(bytes: Uint8Array, file: string): { readonly text: string; readonly body: Uint8Array } {
  if (bytes.length < 8) {
    throw new UserError(`${file}: has ${bytes.length} bytes, too few for a safetensors file`, "check that it was copied whole");
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) {
    throw new UserError(
      `${file}: the header is said to have ${length} bytes, but only ${bytes.length - 8} follow`,
      "the file is cut short or is not in safetensors format: copy it again, or convert it",
    );
  }
  const end = 8 + Number(length);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, end)), body: bytes.subarray(end) };
  } catch {
    throw new UserError(`${file}: the header is not UTF-8 text`, REWRITE);
  }
}

function parseHeader(text: string, file: string): Map<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file}: the header is not JSON: ${error instanceof Error ? error.message : String(error)}`, REWRITE);
  }
  if (!isObject(header)) throw new UserError(`${file}: the header is not a JSON object`, REWRITE);
  const twice = duplicateKey(text);
  if (twice !== null) throw new UserError(`${file}: the header has the key "${twice}" twice in one object`, "keep one of them");
  return new Map(Object.entries(header));
}

/** The first key that occurs twice in one object of a valid JSON text: JSON.parse silently keeps the last. */
function duplicateKey(text: string): string | null {
  const open: Set<string>[] = [];
  // Strings are matched whole, so that braces inside them do not count.
  for (const [token, literal, colon] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (colon !== undefined) {
      const key = String(JSON.parse(literal));
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}

function readMetadata(value: unknown, file: string): Map<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!isObject(value)) throw new UserError(`${file}: __metadata__ is not a JSON object`, REWRITE);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw new UserError(`${file}: metadata "${key}" is ${JSON.stringify(text)}`, "write it as a string");
    }
    metadata.set(key, text);
  }
  return metadata;
}

function readEntry(name: string, value: unknown, available: number, file: string): Entry {
  const where = `${file}: tensor "${name}"`;
  if (!isObject(value)) throw new UserError(`${where}: its header entry is not a JSON object`, REWRITE);
  const { dtype, shape, data_offsets: offsets } = value;
  const bytes = typeof dtype === "string" ? ELEMENT_BYTES.get(dtype) : undefined;
  if (typeof dtype !== "string" || bytes === undefined) {
    throw new UserError(
      `${where} has dtype ${JSON.stringify(dtype)}, which safetensors does not have`,
      `use one of ${[...READABLE.keys()].join(", ")}`,
    );
  }
  if (!isSizes(shape)) {
    throw new UserError(`${where}: its shape ${JSON.stringify(shape)} is not a list of whole numbers`, REWRITE);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new UserError(`${where}: its data_offsets ${JSON.stringify(offsets)} are not a begin and an end`, REWRITE);
  }
  const [begin, end] = offsets;
  if (end > available) {
    throw new UserError(
      `${where} ends at byte ${end} of the data, but the file has only ${available}`,
      "the file is cut short: copy it again",
    );
  }
  const needed = byteLength(shape, bytes);
  if (BigInt(end - begin) !== needed) {
    throw new UserError(
      `${where}: shape [${shape.join(", ")}] of ${dtype} needs ${needed} bytes, but its data_offsets give ${end - begin}`,
      REWRITE,
    );
  }
  return { name, dtype, shape, begin, end };
}

function checkCover(entries: readonly Entry[], available: number, file: string): void {
  let at = 0;
  for (const e of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (e.begin < at) {
      throw new UserError(
        `${file}: tensor "${e.name}" begins at byte ${e.begin} and overlaps the one that ends at ${at}`,
        REWRITE,
      );
    }
    if (e.begin > at) throw new UserError(`${file}: bytes ${at} to ${e.begin} of the data belong to no tensor`, REWRITE);
    at = e.end;
  }
  if (at < available) throw new UserError(`${file}: the last ${available - at} bytes belong to no tensor`, REWRITE);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
