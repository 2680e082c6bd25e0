/** Everything that the accelerator finds wrong at run time, with the code that STATUS shows. Codes never change their meaning. */

export interface ErrorCode {
  /** In snake case. */
  readonly name: string;
  /** 1 .. 255; 0 is no error. */
  readonly code: number;
  readonly doc: string;
}

/** Faults that `start` is refused for. Where there are several, the lowest code is told. */
export const startErrors = [
  { name: "start_busy", code: 1, doc: "start while pending was 1" },
  { name: "keys", code: 2, doc: "KEYS is 0, or more than the accelerator has memory for" },
  { name: "rows", code: 3, doc: "ROWS is 0, or more than 65,535" },
  { name: "n_valid", code: 4, doc: "N_VALID is more than KEYS" },
  { name: "offset", code: 5, doc: "OFFSET does not fit 17 bits" },
  { name: "scale", code: 6, doc: "SCALE does not fit 16 bits" },
  { name: "shift", code: 7, doc: "SHIFT is more than 31" },
  { name: "rho", code: 8, doc: "a round's RHO does not fit its bits" },
  { name: "guard", code: 9, doc: "a round's GUARD is more than 63, or is not 0 where the keys are the log operand" },
  { name: "weight", code: 10, doc: "a round's WEIGHT is not in -15 .. 15" },
  { name: "not_loaded", code: 11, doc: "load is 0, and KEYS is not the number of keys loaded last" },
] as const satisfies readonly ErrorCode[];

export type StartErrorName = (typeof startErrors)[number]["name"];

/** Streams into the accelerator, and the codes of a fault in one of them: the stream's and the fault's together. */
export const streamCodes = { keys: 16, values: 32, queries: 48 } as const;
export const faultCodes = { short: 0, long: 1, hole: 2 } as const;
export type StreamName = keyof typeof streamCodes;

const faultDocs = {
  short: "ended too early; zeros took the place of what is missing",
  long: "ended too late; what was too much is dropped",
  hole: "had a null byte where none may be; it reads as zero",
};

/** All codes, ascending. */
export const errorCodes: readonly ErrorCode[] = [
  ...startErrors,
  ...Object.entries(streamCodes).flatMap(([stream, base]) => Object.entries(faultCodes).map(([fault, code]) => (
    { name: `${stream}_${fault}`, code: base + code, doc: `the packet of ${stream} ${faultDocs[fault as keyof typeof faultDocs]}` }))),
];

/** @throws RangeError for a name that is not in the list. */
export function codeOf(name: StartErrorName): number {
  const found = startErrors.find((e) => e.name === name);
  if (found === undefined) throw new RangeError(`there is no error ${name}`);
  return found.code;
}
