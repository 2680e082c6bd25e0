/** Heads that must not start: every register beyond its range, registers that contradict each other, starts at the wrong time. */

import { codeOf, startErrors, type StartErrorName } from "../../../generator/lapa/error-codes";
import { type Field, fieldsWith } from "../../../generator/lapa/register-map";
import { end, programming, start } from "../../driver/conversation";
import { type FieldValues, poll, read, write } from "../../driver/registers";
import type { HostSession } from "../../driver/session";
import type { AttentionHead } from "../../vectors/attention-vectors";
import type { Exchange } from "../../vectors/host-script";
import type { ExpectedHead } from "../../vectors/packets";

/** A field with a value that it must not have. */
interface Illegal {
  readonly field: Field;
  readonly value: number;
}

const wordBits = 32;

/** Fields of a head that can be out of their range, in the order of the map. */
function ranged({ map }: HostSession): Field[] {
  return fieldsWith(map, "rw").filter((f) => f.allowed !== null && illegalValues(f, false).length > 0);
}

/** One beyond each end of a field's range, and, where all are wanted, every bit that is beyond it by itself. */
function illegalValues(field: Field, isThorough: boolean): number[] {
  const { min, max } = field.allowed!;
  const [lowest, highest] = field.signed ? [-(2n ** 31n), 2n ** 31n - 1n] : [0n, 2n ** 32n - 1n];
  const bits = Array.from({ length: wordBits }, (_, i) => (field.signed ? BigInt.asIntN(wordBits, 1n << BigInt(i)) : 1n << BigInt(i)));
  const beyond = bits.filter((bit) => bit > max || bit < min);
  const chosen = isThorough ? beyond : beyond.slice(-1);
  return [...new Set([max + 1n, min - 1n, ...chosen].filter((v) => (v > max || v < min) && v >= lowest && v <= highest).map(Number))];
}

/** Each register out of its range, by itself. @param head that would start otherwise; its keys are not loaded. */
export function outOfRange(session: HostSession, head: AttentionHead, isThorough: boolean): void {
  const { map, script } = session;
  script.say(...programming(map, head));
  for (const field of ranged(session)) {
    const restore = restoring(session, head, field);
    for (const value of illegalValues(field, isThorough)) {
      script.say(writeField(session, { field, value }), ...refused(session, head, field.allowed!.error));
    }
    script.say(restore);
  }
  const keys = head.keys.length / head.dim;
  script.say(write(map, "N_VALID", { n_valid: keys + 1 }), ...refused(session, head, "n_valid"), write(map, "N_VALID", { n_valid: keys }));
  // Nothing is loaded, and something else is.
  for (const count of [keys, keys + 1]) {
    script.say(write(map, "MODE", { load: 0 }), write(map, "KEYS", { keys: count }));
    if (count <= session.params.maxKeys) script.say(...refused(session, head, "not_loaded"));
  }
}

/** Every register at each end of its range is not what is wrong: that nothing is loaded is, which has the highest code. */
export function atTheLimits(session: HostSession, head: AttentionHead): void {
  const { map, script } = session;
  const keys = head.keys.length / head.dim;
  script.say(...programming(map, head), write(map, "MODE", { load: 0 }), write(map, "N_VALID", { n_valid: keys }), ...refused(session, head, "not_loaded"));
  for (const field of ranged(session).filter((f) => f.name !== "n_valid")) {
    const { min, max } = field.allowed!;
    for (const value of [min, max].map(Number)) {
      script.say(writeField(session, { field, value }), ...refused(session, head, field.name === "keys" && value < keys ? "n_valid" : "not_loaded"));
    }
    script.say(restoring(session, head, field));
  }
}

/** Everything out of range, then one thing after the other mended: the lowest code is told. */
export function lowestCode(session: HostSession, head: AttentionHead): void {
  const { map, script } = session;
  const fields = ranged(session);
  script.say(...programming(map, head), write(map, "MODE", { load: 0 }));
  for (const field of fields) script.say(writeField(session, { field, value: illegalValues(field, false)[0] }));
  for (const { name } of startErrors) {
    const wrong = fields.filter((f) => f.allowed!.error === name);
    if (wrong.length === 0) continue;
    script.say(...refused(session, head, name));
    for (const field of wrong) script.say(restoring(session, head, field));
  }
  script.say(...refused(session, head, "not_loaded"));
}

/** Any two things out of range: it is a fault all the same, and the lower code is told. */
export function twoFaults(session: HostSession, head: AttentionHead): void {
  const { map, script } = session;
  const one = startErrors.flatMap(({ name }) => ranged(session).filter((f) => f.allowed!.error === name).slice(-1));
  script.say(...programming(map, head));
  const spoil = (field: Field): void => script.say(writeField(session, { field, value: illegalValues(field, false)[0] }));
  one.forEach((first, i) => {
    spoil(first);
    for (const second of one.slice(i + 1)) {
      spoil(second);
      script.say(...refused(session, head, first.allowed!.error), restoring(session, head, second));
    }
    // With load 0 nothing else is wrong but that nothing is loaded.
    script.say(write(map, "MODE", { load: 0 }), ...refused(session, head, first.allowed!.error), write(map, "MODE", { load: 1 }), restoring(session, head, first));
  });
}

/** The first error stays until it is cleared; the last refusal is told beside it, until a start is accepted. */
export function secondError(session: HostSession, head: AttentionHead): void {
  const { map, script } = session;
  const status = (error: number, code: StartErrorName | null, last: StartErrorName): Exchange =>
    read(map, "STATUS", { error, error_code: code === null ? 0 : codeOf(code), start_code: codeOf(last), busy: 0, pending: 0 });
  script.say(
    ...programming(map, head), write(map, "ROWS", { rows: 0 }), start(map, head), status(1, "rows", "rows"),
    write(map, "ROWS", { rows: 1 }), write(map, "SHIFT", { shift: 32 }), start(map, head), status(1, "rows", "shift"),
    write(map, "STATUS", { done: 1 }), status(1, "rows", "shift"),
    write(map, "STATUS", { error: 1 }), status(0, null, "shift"),
    start(map, head), status(1, "shift", "shift"), write(map, "STATUS", { error: 1 }), status(0, null, "shift"),
  );
}

function refused({ map }: HostSession, head: AttentionHead, name: StartErrorName): Exchange[] {
  const code = codeOf(name);
  return [
    start(map, head), read(map, "STATUS", { busy: 0, pending: 0, done: 0, error: 1, error_code: code, start_code: code }), write(map, "STATUS", { error: 1 }),
  ];
}

function writeField({ map }: HostSession, { field, value }: Illegal): Exchange {
  const register = map.find((r) => r.fields.includes(field))!;
  return write(map, register.name, { [field.name]: value });
}

/** What the head has in a field. */
function restoring(session: HostSession, head: AttentionHead, field: Field): Exchange {
  const register = session.map.find((r) => r.fields.includes(field))!;
  return programming(session.map, head).find((e) => e.address === register.address) ?? write(session.map, register.name, { [field.name]: 0 });
}

/** While a head waits for its keys another one may be started, and no third one. */
export function thirdStart(session: HostSession, [first, second]: readonly [ExpectedHead, ExpectedHead]): void {
  const { map, script } = session;
  const status = (fields: FieldValues): Exchange => read(map, "STATUS", { busy: 1, pending: 1, done: 0, ...fields });
  const code = codeOf("start_busy");
  script.say(
    ...programming(map, first.head), start(map, first.head), read(map, "STATUS", { busy: 1, start_code: 0 }),
    // All that the first head is told has been taken when its second register is written.
    ...programming(map, second.head), start(map, second.head), status({ error: 0, start_code: 0 }),
    start(map, second.head), status({ error: 1, error_code: code, start_code: code }), write(map, "STATUS", { error: 1 }), status({ error: 0, error_code: 0, start_code: code }),
  );
  script.fence();
  session.packets(first);
  session.packets(second);
  session.ended += 2;
  script.say(poll(map, "HEADS_DONE", { heads_done: session.ended }), ...end(map));
}
