/** Files to read, good and bad, in a folder of their own; and the one way to look at a user's error. */

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { UserError } from "../../generator/errors";

/** A folder that is removed when the tests of the calling file are done. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lapa-traces-"));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs `action`, which must throw a UserError with a hint; returns both as one text. */
export function userErrorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.hint).not.toBe("");
    return `${error.message} | ${error.hint}`;
  }
  throw new Error("nothing was thrown");
}

type Numbers = Int8Array | Int16Array | Float32Array | Float64Array;

export interface Stored {
  readonly shape: readonly number[];
  readonly data: Numbers;
}

const bytesOf = (data: Numbers): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** A header (text, or an object for JSON) with its length in front, and the data behind it. */
export function safetensorsBytes(header: unknown, data: Uint8Array = new Uint8Array(0)): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

/** A well-formed safetensors file. */
export function safetensors(tensors: Readonly<Record<string, Stored>>, metadata?: Readonly<Record<string, string>>): Buffer {
  const dtype = (data: Numbers): string => (data instanceof Int8Array ? "I8" : data instanceof Int16Array ? "I16" : data instanceof Float32Array ? "F32" : "F64");
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const begin = at;
    at += data.byteLength;
    return [name, { dtype: dtype(data), shape, data_offsets: [begin, at] }] as const;
  });
  const header = { ...(metadata === undefined ? {} : { __metadata__: metadata }), ...Object.fromEntries(entries) };
  return safetensorsBytes(header, Buffer.concat(Object.values(tensors).map((t) => bytesOf(t.data))));
}

/** A .npy file with any header. */
export function npyBytes(header: string, data: Uint8Array, version: readonly [number, number] = [1, 0]): Buffer {
  const length = Buffer.alloc(version[0] === 1 ? 2 : 4);
  if (version[0] === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.from(version), length, Buffer.from(header, "latin1"), data]);
}

/** A well-formed .npy file. */
export function npy({ shape, data }: Stored): Buffer {
  const descr = data instanceof Int8Array ? "|i1" : data instanceof Int16Array ? "<i2" : data instanceof Float32Array ? "<f4" : "<f8";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  return npyBytes(`{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }          \n`, bytesOf(data));
}
