/**
 * The registers of the accelerator, as data: from this come the hardware, the SystemRDL, the C header and the page of the
 * documentation. Addresses do not depend on the parameters; what a configuration has no use for is not there.
 */

import { UserError } from "lapa";
import { checkAxis } from "./axis-format";
import type { StartErrorName } from "./error-codes";
import { rowBits, speculationFormat, type RoundFormat, type PredictionParameters } from "./speculation-format";

/**
 * What reads and writes do.
 * - constant: reads as its reset value; - ro: reads what the hardware says; - rw: holds what was written;
 * - w1c: set by the hardware, cleared by writing 1; - pulse: writing 1 acts for a cycle, reads as 0.
 */
export type Access = "constant" | "ro" | "rw" | "w1c" | "pulse";

export interface Field {
  /** In snake case; no two of a map are alike. */
  readonly name: string;
  /** Its lowest bit, and how many it has. */
  readonly low: number;
  readonly bits: number;
  readonly access: Access;
  readonly reset: bigint;
  /** Whether its bits are two's complement. */
  readonly signed: boolean;
  readonly doc: string;
  /** What it may be when a head is started, and which error it is otherwise; null where anything will do. */
  readonly allowed: { readonly min: bigint; readonly max: bigint; readonly error: StartErrorName } | null;
}

export interface Register {
  /** In capitals. */
  readonly name: string;
  /** In bytes, a multiple of 4. */
  readonly address: number;
  readonly doc: string;
  /** The lowest first; bits of no field read as 0, and writing them does nothing. */
  readonly fields: readonly Field[];
}

export type RegisterMapParameters = PredictionParameters & {
  /** R: rows of the PE array. It has as many columns as round 1 scores keys at the same time. */
  readonly peRows: number;
  /** B: bytes of a beat of the streams. */
  readonly beatBytes: number;
};

/** Bits of an address: the registers have a page of 4 KiB. */
export const addressBits = 12;
/** Of the map. The major part changes when a driver has to, the minor part when something is added. */
export const mapVersion = { major: 1, minor: 1 } as const;
/** Reads as the bytes "LAPA". */
export const magic = 0x4150414cn;
/** Rounds that have registers: as many as a feature of 8 bits has slices. */
export const mostRounds = 8;

const addresses = { magic: 0x000, control: 0x020, head: 0x040, counters: 0x080, survivors: 0x0c0, rounds: 0x100 } as const;
/** Bytes from one round's registers to the next one's. */
export const roundStride = 16;

/** The registers, by ascending address. @throws UserError naming the parameter that is out of range. */
export function registerMap(params: RegisterMapParameters): readonly Register[] {
  const { operandBits, headDim, beatBytes, peRows } = params;
  checkAxis({ operandBits, headDim, beatBytes });
  if (!Number.isInteger(peRows) || peRows < 1 || peRows > 64) throw new UserError(`registers: peRows is ${peRows}`, "Choose an integer from 1 to 64.");
  const { rounds } = speculationFormat(params);
  return [
    ...placed(addresses.magic, identification(params, rounds)), ...placed(addresses.control, control),
    ...placed(addresses.head, head(params)), ...placed(addresses.counters, counters),
    ...placed(addresses.survivors, rounds.map(({ round }) => survivors(round))),
    ...rounds.flatMap((round) => placed(addresses.rounds + roundStride * round.round, roundRegisters(round, params))),
  ];
}

type Unplaced = Omit<Register, "address">;
const placed = (from: number, registers: readonly Unplaced[]): Register[] => registers.map((r, i) => ({ ...r, address: from + 4 * i }));

function field(access: Access, name: string, [high, low]: readonly [number, number], doc: string, more: Partial<Field> = {}): Field {
  return { name, low, bits: high - low + 1, access, reset: 0n, signed: false, doc, allowed: null, ...more };
}

const constant = (name: string, range: readonly [number, number], value: bigint | number, doc: string): Field =>
  field("constant", name, range, doc, { reset: BigInt(value) });

function identification(params: RegisterMapParameters, rounds: readonly RoundFormat[]): Unplaced[] {
  const { operandBits, headDim, maxKeys, peRows, beatBytes, rounding, terms, window, logSide, keysPerCycle, featuresPerCycle } = params;
  return [
    { name: "MAGIC", doc: "What this is.", fields: [constant("magic", [31, 0], magic, "the bytes \"LAPA\"")] },
    { name: "VERSION", doc: "The version of this map.", fields: [
      constant("version_minor", [15, 0], mapVersion.minor, "changes when something is added"),
      constant("version_major", [31, 16], mapVersion.major, "changes when drivers have to"),
    ] },
    { name: "VECTORS", doc: "The shape of keys, values, queries and outputs.", fields: [
      constant("head_dim", [15, 0], headDim, "d: features of a vector"),
      constant("operand_bits", [23, 16], operandBits, "W: bits of a feature"),
      constant("beat_bytes", [31, 24], beatBytes, "B: bytes of a beat of the streams"),
    ] },
    { name: "CAPACITY", doc: "How many keys there may be.", fields: [
      constant("max_keys", [15, 0], maxKeys, "n: keys that there is memory for"),
      constant("keys_per_cycle", [31, 16], Math.min(keysPerCycle[0]!, maxKeys), "keys that round 1 scores at the same time"),
    ] },
    { name: "ARRAY", doc: "The PE array, and how a key is added up.", fields: [
      constant("pe_rows", [7, 0], peRows, "R: rows of PEs"),
      constant("features_per_cycle", [31, 16], featuresPerCycle, "features of a key that are added in a cycle"),
    ] },
    { name: "SLICES", doc: "What each round reads.", fields: rounds.map(({ round, sliceBits }) =>
      constant(`slice_${round}`, [4 * round + 3, 4 * round], sliceBits, `bits of the linear operand that round ${round + 1} takes`)) },
    { name: "FORMAT", doc: "The arithmetic of prediction.", fields: [
      constant("rounds", [3, 0], rounds.length, "rounds of prediction"),
      constant("nearest", [4, 4], rounding === "nearest" ? 1 : 0, "1: leading ones are rounded to the nearest"),
      constant("two_terms", [5, 5], terms === 2 ? 1 : 0, "1: two leading ones of a magnitude are kept"),
      constant("log_key", [6, 6], logSide === "key" ? 1 : 0, "1: the key is the log operand, 0: the query"),
      constant("window", [15, 8], window ?? 0, "L: exponents of a row that are kept; 0: all"),
    ] },
  ];
}

const control: readonly Unplaced[] = [
  { name: "CONTROL", doc: "What to do.", fields: [
    field("pulse", "start", [0, 0], "starts a head with what the head registers hold"),
    field("pulse", "soft_reset", [1, 1],
      "ends whatever is at work, and goes before start; a packet of outputs that has begun ends with zeros, others are not sent; pending is 1 until all is at its end, and what sends to the streams has to start anew as well"),
    field("rw", "irq_enable", [2, 2], "raises the interrupt while done or error is 1"),
    field("rw", "dense", [3, 3], "heads from the next start on are not filtered: attention over all alive keys"),
  ] },
  { name: "STATUS", doc: "How it goes.", fields: [
    field("ro", "busy", [0, 0], "a head is in flight, or comes to its end after a soft reset"),
    field("w1c", "done", [1, 1], "a head's last output has left"),
    field("w1c", "error", [2, 2], "something went wrong; error_code says what"),
    field("ro", "pending", [3, 3], "a start would be refused: a head that was started waits for the one before, or a soft reset is not at its end"),
    field("ro", "error_code", [15, 8], "the first error since error was 0; 0 where there is none"),
    field("ro", "start_code", [23, 16], "why the last start was refused, even where error_code has an earlier error; 0 where it was not"),
  ] },
  { name: "HEADS_DONE", doc: "How many heads have ended.", fields: [field("ro", "heads_done", [31, 0], "number since reset; it goes on after a soft reset, without the heads that this has ended")] },
];

/** A register that is one number, of which a start checks all 32 bits. */
function number(name: string, doc: string, error: StartErrorName, min: bigint, max: bigint, more: Partial<Field> = {}): Unplaced {
  const only = field("rw", name.toLowerCase(), [31, 0], doc, { allowed: { min, max, error }, ...more });
  return { name, doc: `${doc[0]!.toUpperCase()}${doc.slice(1)}.`, fields: [only] };
}

function head({ maxKeys }: RegisterMapParameters): Unplaced[] {
  const most = (1n << BigInt(rowBits)) - 1n;
  return [
    number("KEYS", "keys of the head", "keys", 1n, BigInt(maxKeys)),
    number("ROWS", "queries of the head", "rows", 1n, most),
    number("N_VALID", "keys from this one on are padding; at most KEYS", "n_valid", 0n, BigInt(maxKeys)),
    number("OFFSET", "with causal, query i sees the keys j <= i + OFFSET", "offset", -most - 1n, most, { signed: true }),
    { name: "MODE", doc: "How the head is filtered, and what comes with it.", fields: [
      field("rw", "causal", [0, 0], "queries see the keys up to their own"),
      field("rw", "blend", [1, 1], "1: the filters use WEIGHT, 0: RHO and GUARD"),
      field("rw", "load", [2, 2], "1: keys and values come with the head, 0: those of the head before stay", { reset: 1n }),
    ] },
    number("SCALE", "what differences of scores are multiplied by: c of the softmax", "scale", 0n, 65535n),
    number("SHIFT", "by how many bits the products are shifted right: s of the softmax", "shift", 0n, 31n),
  ];
}

const pair = (name: string, doc: string): Unplaced[] => [
  { name: `${name}_LO`, doc, fields: [field("ro", `${name.toLowerCase()}_lo`, [31, 0], "the lower 32 bits")] },
  { name: `${name}_HI`, doc, fields: [field("ro", `${name.toLowerCase()}_hi`, [31, 0], "the upper 32 bits")] },
];
const count = (name: string, doc: string): Unplaced => ({ name, doc, fields: [field("ro", name.toLowerCase(), [31, 0], "number")] });

const counters: readonly Unplaced[] = [
  ...pair("CYCLES", "Cycles in which a head was in flight, from its start to its last output."),
  ...pair("PE_ACTIVE", "Cycles in which the PE array had operands."),
  count("INPUT_STALLS", "Cycles in which an input stream was waited for."),
  count("OUTPUT_STALLS", "Cycles in which a beat of outputs was not taken."),
  count("ROWS_DONE", "Rows of outputs that have been computed."),
];

const survivors = (r: number): Unplaced => count(`SURVIVORS_${r}`, `Keys that round ${r + 1} has kept, over all rows.`);

function roundRegisters({ round, rhoBits, sliceBits, isLast }: RoundFormat, { logSide }: RegisterMapParameters): Unplaced[] {
  const which = `of round ${round + 1} (${sliceBits} bits)`;
  const lowest = (bits: number): bigint => (1n << BigInt(bits)) - 1n;
  const guardDoc = `guard ${which}${isLast && logSide === "query" ? "; the last round has no use for it" : ""}`;
  return [
    number(`RHO_${round}_LO`, `the lower 32 bits of rho ${which}`, "rho", 0n, lowest(Math.min(rhoBits, 32))),
    number(`RHO_${round}_HI`, `the upper bits of rho ${which}`, "rho", 0n, lowest(Math.max(rhoBits - 32, 0))),
    number(`GUARD_${round}`, guardDoc, "guard", 0n, logSide === "query" ? 63n : 0n),
    number(`WEIGHT_${round}`, `weight ${which}: a`, "weight", -15n, 15n, { signed: true }),
  ];
}

/** All fields with a kind of access, in the order of the map. */
export function fieldsWith(map: readonly Register[], ...access: readonly Access[]): Field[] {
  return map.flatMap((r) => r.fields).filter((f) => access.includes(f.access));
}
