/** Vectors on disk: a file of words a channel, the test bench that runs them, and a description of both. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../generator/errors";
import { toHex } from "../../generator/ir/bits";
import { isSystemError, writeFolder } from "../../generator/output-folder";
import { checkVectors } from "./check";
import { descriptionSchema, type Description } from "./description";
import { fromHexLines, toHexLines } from "./hex";
import { protocolText } from "./protocol";
import type { Stalls } from "./stalls";
import { resetPort, testbench } from "./testbench";
import type { Top } from "./top";
import type { Channel, VectorSet } from "./vectors";

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

export interface FolderOptions {
  /** What the test bench does unless plusargs say otherwise. */
  readonly stalls: Stalls;
  /** Other files, such as modules that stand between the test bench and a unit. */
  readonly beside?: readonly { readonly name: string; readonly text: string }[];
}

/**
 * Writes `<channel>.hex`, `tb.v` and `vectors.json` to a folder, whole or not at all (see `writeFolder`). The same
 * vectors give the same bytes.
 * @throws UserError when the vectors are unsound, do not fit the design or expect nothing, a module is called `tb`, or the
 * folder cannot be written or replaced.
 */
export async function writeVectors(dir: string, vectors: VectorSet, top: Top, { stalls, beside = [] }: FolderOptions): Promise<void> {
  const bench = testbench(vectors, top, { stalls, depth: "exact" });
  if (!vectors.channels.some((c) => c.direction === "output" && c.count > 0)) {
    throw new UserError(`vectors of ${vectors.design}: no output has a word, and nothing would be compared`, "add words that the design should give");
  }
  const words = vectors.channels.map((c) => toHexLines(c));
  const description: Description = {
    schema: vectors.schema,
    design: vectors.design,
    mode: vectors.mode,
    clock: top.clocked ? "clk" : null,
    reset: top.resettable ? { port: resetPort(top.reset), kind: top.reset } : null,
    stalls,
    channels: vectors.channels.map((c, k) => describeChannel(c, vectors.mode, sha256(words[k]))),
    constants: vectors.constants.map((c) => ({ port: c.port, width: c.width, value: toHex(c.value, c.width) })),
    testbench: { file: "tb.v", sha256: sha256(bench) },
    files: beside.map(({ name, text }) => ({ path: name, sha256: sha256(text) })),
    protocol: protocolText(vectors.mode),
  };
  await writeFolder(dir, new Map<string, string | Uint8Array>([
    ...vectors.channels.map((c, k) => [`${c.name}.hex`, words[k]] as const),
    ["tb.v", bench],
    ["vectors.json", JSON.stringify(description, null, 2) + "\n"],
    ...beside.map(({ name, text }) => [name, text] as const),
  ]));
}

function describeChannel(channel: Channel, mode: VectorSet["mode"], hash: string): Description["channels"][number] {
  const { name, direction, width, count } = channel;
  const streams = mode === "streams";
  let low = 0;
  const fields = channel.fields.map((f) => {
    const lo = low;
    low += f.width;
    return { name: f.name, port: f.port, width: f.width, signed: f.signed, lo };
  });
  return {
    name, direction, valid: streams ? `${name}_valid` : null, ready: streams ? `${name}_ready` : null,
    width, count, file: `${name}.hex`, sha256: hash, fields,
  };
}

/**
 * Reads what `writeVectors` wrote.
 * @throws UserError when a file is missing, or anything is not as it was written: the form of vectors.json, a file's
 * length, digits or hash.
 */
export async function readVectors(dir: string): Promise<VectorSet> {
  const description = await readDescription(dir);
  const channels = await Promise.all(description.channels.map((c) => readChannel(dir, c)));
  const constants = description.constants.map((c) => ({ port: c.port, width: c.width, value: BigInt(c.value) }));
  const vectors: VectorSet = { schema: description.schema, design: description.design, mode: description.mode, channels, constants };
  checkVectors(vectors);
  return vectors;
}

async function readDescription(dir: string): Promise<Description> {
  const path = join(dir, "vectors.json");
  const text = await readNeeded(path);
  try {
    return descriptionSchema().parse(JSON.parse(text.toString("utf8")));
  } catch (error) {
    throw new UserError(`${path} is not a description of vectors: ${(error as Error).message}`, "make the vectors again");
  }
}

async function readChannel(dir: string, described: Description["channels"][number]): Promise<Channel> {
  const { name, direction, fields, width, count, file } = described;
  // The name is all that a file may have: a description cannot point elsewhere.
  if (file !== `${name}.hex` || !/^\w+$/.test(name)) throw new UserError(`${join(dir, "vectors.json")}: "${file}" is not the file of channel "${name}"`);
  const path = join(dir, file);
  const text = await readNeeded(path);
  const limbs = Math.ceil(width / 32);
  const data = fromHexLines(text, { width, limbs, count }, path);
  if (sha256(text) !== described.sha256) throw new UserError(`${path} has changed since it was written: its hash differs`, "make the vectors again");
  return { name, direction, fields: fields.map(({ lo, ...field }) => field), width, limbs, count, data };
}

async function readNeeded(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR", "EISDIR", "EACCES")) {
      throw new UserError(`cannot read ${path}: ${error.message}`, "name a folder that holds vectors");
    }
    throw error;
  }
}
