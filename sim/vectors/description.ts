/** vectors.json: everything about a folder of vectors but the words themselves. */

import type { z } from "zod";

/** Loads the schema when something is read: zod takes a while to load, and writing does not need it. */
export function descriptionSchema() {
  const { z } = require("zod") as typeof import("zod");
  const size = z.number().int().nonnegative();
  const name = z.string().min(1);
  const field = z.strictObject({ name, port: name, width: size.min(1), signed: z.boolean(), lo: size });
  const channel = z.strictObject({
    name,
    direction: z.enum(["input", "output"]),
    /** The stream's handshake; null in cycles mode. */
    valid: name.nullable(),
    ready: name.nullable(),
    width: size.min(1),
    count: size,
    file: name,
    sha256: z.string(),
    fields: z.array(field).readonly(),
  });
  return z.strictObject({
    schema: z.literal("lapa-vectors/1"),
    design: name,
    mode: z.enum(["streams", "cycles"]),
    /** Ports; null where the design has none. */
    clock: name.nullable(),
    reset: z.strictObject({ port: name, kind: z.enum(["sync-high", "sync-low", "async-high", "async-low"]) }).nullable(),
    /** What the test bench does unless it is told otherwise. */
    stalls: z.strictObject({ seed: z.number(), input: size.max(255), output: size.max(255) }),
    channels: z.array(channel).readonly(),
    constants: z.array(z.strictObject({ port: name, width: size.min(1), value: z.string().regex(/^0x[0-9a-f]+$/) })).readonly(),
    testbench: z.strictObject({ file: name, sha256: z.string() }),
    /** Modules that stand between the test bench and a unit. */
    files: z.array(z.strictObject({ path: name, sha256: z.string() })).readonly(),
    protocol: z.array(z.string()).readonly(),
  });
}

export type Description = z.infer<ReturnType<typeof descriptionSchema>>;
