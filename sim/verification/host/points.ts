/** What a host may exercise, by name. */

/** Kinds of points. */
export const kinds = {
  codes: "error codes", reads: "registers read", bits: "register bits, as 0 and as 1", strobes: "strobes", overlaps: "accesses that overlap",
  interrupt: "interrupt", packets: "packet faults", resets: "soft resets", pauses: "pauses counted",
} as const;

/** Where a soft reset comes. */
export const resetPlaces = ["at rest", "among the keys", "before the queries", "before the first output", "among the outputs", "before the last output", "with a second head loaded"] as const;
export type ResetPlace = (typeof resetPlaces)[number];
