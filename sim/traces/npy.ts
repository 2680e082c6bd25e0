/** A strict reader of NumPy's .npy, versions 1 and 2: little-endian int8, int16, float32 and float64 in C order. */

import { UserError } from "../../generator/errors";
import { readBytes } from "./file";
import { byteLength, bytesPerElement, decodeTensor } from "./tensor";
import type { Dtype, Tensor } from "./tensor";

const DTYPES: ReadonlyMap<string, Dtype> = new Map([["|i1", "int8"], ["<i2", "int16"], ["<f4", "float32"], ["<f8", "float64"]]);
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const RESAVE = "save it again with numpy.save";

/** @throws UserError naming the file, what is wrong and how to mend it, for anything but such a file. */
export function readNpy(file: string): Tensor {
  return parseNpy(readBytes(file), file);
}

/** Parses the bytes of a file. @param file its name, for messages. @throws UserError as `readNpy` does. */
export function parseNpy(bytes: Uint8Array, file: string): Tensor {
  const { text, body } = split(bytes, file);
  const header = parseHeader(text);
  if (header === null) {
    throw new UserError(`${file}: the header ${JSON.stringify(text.trim().slice(0, 200))} is not one of a plain array`, RESAVE);
  }
  const dtype = DTYPES.get(header.descr);
  if (dtype === undefined) {
    throw new UserError(
      `${file}: holds '${header.descr}', not one of ${[...DTYPES.keys()].join(", ")}`,
      "convert it first: numpy.save(file, x.astype('<f4'))",
    );
  }
  if (header.fortranOrder) {
    throw new UserError(
      `${file}: is in Fortran (column-major) order`,
      "save it in C order: numpy.save(file, numpy.ascontiguousarray(x))",
    );
  }
  const needed = byteLength(header.shape, bytesPerElement(dtype));
  if (BigInt(body.length) !== needed) {
    throw new UserError(
      `${file}: shape (${header.shape.join(", ")}) of '${header.descr}' needs ${needed} bytes of data, ` +
        `but ${body.length} follow the header`,
      "check that the file was copied whole",
    );
  }
  return decodeTensor(body, dtype, header.shape);
}

function split(bytes: Uint8Array, file: string): { readonly text: string; readonly body: Uint8Array } {
  // The shortest header is longer than the two bytes that version 1 may lack here.
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new UserError(`${file}: is not a .npy file (it does not begin with \\x93NUMPY and a header length)`, RESAVE);
  }
  const [major, minor] = [bytes[6], bytes[7]];
  if ((major !== 1 && major !== 2) || minor !== 0) {
    throw new UserError(`${file}: is of .npy version ${major}.${minor}; versions 1.0 and 2.0 are read`, RESAVE);
  }
  const start = major === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const available = bytes.length - start;
  if (length > available) {
    throw new UserError(
      `${file}: the header is said to have ${length} bytes, but ${available} follow`,
      "check that the file was copied whole",
    );
  }
  return { text: new TextDecoder("latin1").decode(bytes.subarray(start, start + length)), body: bytes.subarray(start + length) };
}

interface Header {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** The Python dict `{'descr': '<f4', 'fortran_order': False, 'shape': (128, 64), }`, or null for anything else. */
function parseHeader(text: string): Header | null {
  const tokens = text.match(/'[^']*'|\([^()]*\)|\w+|\S/g) ?? [];
  if (tokens.shift() !== "{") return null;
  const entries = new Map<string, string>();
  for (let token = tokens.shift(); token !== "}"; token = tokens.shift()) {
    const [colon, value] = tokens.splice(0, 2);
    if (token === undefined || colon !== ":" || value === undefined || entries.has(token)) return null;
    entries.set(token, value);
    if (tokens[0] === ",") tokens.shift();
    else if (tokens[0] !== "}") return null;
  }
  const descr = entries.get("'descr'");
  const order = entries.get("'fortran_order'");
  const shape = parseShape(entries.get("'shape'") ?? "");
  if (tokens.length > 0 || entries.size !== 3 || !descr?.startsWith("'") || shape === null) return null;
  return order === "True" || order === "False" ? { descr: descr.slice(1, -1), fortranOrder: order === "True", shape } : null;
}

/** The numbers of a Python tuple: `()`, `(5,)`, `(128, 64)`. */
function parseShape(tuple: string): number[] | null {
  const items = tuple.replace(/\s/g, "").match(/^\((?:(\d+(?:,\d+)*),?)?\)$/);
  if (items === null) return null;
  const sizes = items[1] === undefined ? [] : items[1].split(",").map(Number);
  return sizes.every(Number.isSafeInteger) ? sizes : null;
}
