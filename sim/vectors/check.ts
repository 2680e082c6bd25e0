/** Whether vectors are sound by themselves, and whether they fit a design. */

import { UserError } from "../../generator/errors";
import type { Port } from "../../generator/ir/types";
import type { Top } from "./top";
import type { Channel, VectorSet } from "./vectors";

/**
 * Holds vectors against their own rules: names that are identifiers, widths and sizes that agree, one channel each way
 * of equal count in cycles mode.
 * @throws UserError at the first fault.
 */
export function checkVectors(vectors: VectorSet): void {
  const { channels, mode } = vectors;
  const names = new Set(channels.map((c) => c.name));
  demand(names.size === channels.length, `vectors of ${vectors.design}: two channels share a name`);
  channels.forEach(checkChannel);
  if (mode === "streams") {
    demand(channels.length > 0, `vectors of ${vectors.design}: there are no channels`);
  } else {
    const directions = channels.map((c) => c.direction).sort().join();
    demand(directions === "input,output", `vectors of ${vectors.design}: cycles mode takes one input and one output channel`);
    demand(channels[0].count === channels[1].count, `vectors of ${vectors.design}: the channels have different numbers of words`);
  }
  for (const c of vectors.constants) {
    demand(c.value >= 0n && c.value < 1n << BigInt(c.width), `constant ${c.port}: ${c.value} is no pattern of ${c.width} bits`);
  }
}

function checkChannel({ name, fields, width, limbs, count, data }: Channel): void {
  demand(/^[A-Za-z_]\w*$/.test(name), `channel "${name}": its name is not an identifier`);
  for (const f of fields) {
    demand(/^[A-Za-z_][\w.[\]]*$/.test(f.name), `channel ${name}: "${f.name}" is not a field's name`);
    demand(/^[A-Za-z_]\w*$/.test(f.port), `channel ${name}: "${f.port}" is not a port's name`);
    demand(Number.isInteger(f.width) && f.width > 0, `channel ${name}: field ${f.name} has width ${f.width}`);
  }
  demand(width > 0 && width === fields.reduce((sum, f) => sum + f.width, 0), `channel ${name}: ${width} is not the width of its fields`);
  demand(limbs === Math.ceil(width / 32), `channel ${name}: ${width} bits do not take ${limbs} limbs`);
  demand(data.length === count * limbs, `channel ${name}: ${data.length} limbs are not ${count} words`);
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new UserError(message, "make the vectors again");
}

type WantedPort = Top["ports"][number];

/** The ports that the vectors drive or read. Those of a stream come with its handshake. */
export function vectorPorts(vectors: VectorSet): WantedPort[] {
  const opposite = (direction: Port["direction"]): Port["direction"] => (direction === "input" ? "output" : "input");
  const channelPorts = vectors.channels.flatMap(({ name, direction, fields }) => [
    ...(vectors.mode === "streams"
      ? [{ name: `${name}_valid`, direction, width: 1 }, { name: `${name}_ready`, direction: opposite(direction), width: 1 }]
      : []),
    ...fields.map((f) => ({ name: f.port, direction, width: f.width })),
  ]);
  return [...channelPorts, ...vectors.constants.map((c) => ({ name: c.port, direction: "input" as const, width: c.width }))];
}

/** Holds vectors against the design that they are to be run on. @throws UserError at the first difference. */
export function checkVectorsFit(vectors: VectorSet, top: Top): void {
  const hint = "make the vectors again from the configuration of this design";
  const fail = (message: string): never => { throw new UserError(`the vectors do not fit ${top.name}: ${message}`, hint); };
  if (vectors.design !== top.name) fail(`they are for ${vectors.design}`);
  const wanted = new Map<string, WantedPort>();
  for (const port of vectorPorts(vectors)) {
    if (wanted.has(port.name)) fail(`port ${port.name} is used twice`);
    wanted.set(port.name, port);
  }
  const ports = new Map(top.ports.map((p) => [p.name, p]));
  for (const { name, direction, width } of wanted.values()) {
    const port = ports.get(name);
    if (port === undefined) fail(`the design has no port ${name}`);
    else if (port.direction !== direction) fail(`port ${name} is an ${port.direction}, not an ${direction}`);
    else if (port.width !== width) fail(`port ${name} has ${port.width} bits, not ${width}`);
  }
  const open = top.ports.find((p) => p.direction === "input" && !wanted.has(p.name));
  if (open !== undefined) fail(`nothing drives input ${open.name}`);
}
