/** What may happen to heads that have started: packets with faults, interrupts that are off, pauses that are counted. */

import { codeOf, faultCodes, streamCodes } from "../../../generator/lapa/error-codes";
import { end, named, programming, start } from "../../driver/conversation";
import { interrupt, interruptLevel, poll, read, write } from "../../driver/registers";
import type { HostSession } from "../../driver/session";
import type { AttentionHead } from "../../vectors/attention-vectors";
import { type Tensor, tensors } from "../../vectors/host-script";
import { type ExpectedHead, outputPacket, tensorPacket } from "../../vectors/packets";
import type { Coverage } from "../coverage";
import type { Extent } from "./extent";
import { type FaultyPacket, faultyPacket, packetFaults } from "./faulty-packets";
import { kinds } from "./points";
import type { SmallHeads } from "./small-heads";

/** A head for every fault of every stream: it ends, with zeros for what is missing, and the code says which it was. */
export function faultyPackets(session: HostSession, heads: SmallHeads, extent: Extent, coverage: Coverage): void {
  const { beatBytes } = session.spec;
  for (const [t, name] of tensors.entries()) {
    for (const [f, fault] of packetFaults.entries()) {
      if (extent === "some" && (f + t) % tensors.length !== 0) continue;
      const head = heads.head(`${fault} of ${name}`);
      const given = faultyPacket(fault, Uint8Array.from(head[name], (x) => x & 255), beatBytes);
      if (given === null) continue;
      faultyHead(session, heads, head, { [name]: given });
      coverage.hit(kinds.packets, head.label);
    }
  }
  for (const name of extent === "all" ? tensors : [heads.random.of(tensors)]) endlessPacket(session, heads, name);
  plain(session, heads.expected("a head without a fault"));
}

/**
 * A packet that is much too long is dropped to its end, which comes when its head has ended. Until then the accelerator is busy,
 * and the next head waits for this stream alone: nothing can be started behind it.
 */
function endlessPacket(session: HostSession, heads: SmallHeads, name: Tensor): void {
  const { map, script, spec } = session;
  const expected = heads.expected(`${name} that do not end with their head`);
  const next = heads.expected(`a head behind ${name} that do not end`);
  const { head } = expected;
  const [beats, more] = [tensorPacket(head, name, spec), tensorPacket(head, "values", spec)];
  const goesOn = [...beats.map((beat) => ({ ...beat, keep: beat.keep.fill(1) })), ...more, ...more].map((beat) => ({ ...beat, last: false }));
  script.fence();
  for (const tensor of tensors) script.send(tensor, tensor === name ? goesOn : tensorPacket(head, tensor, spec));
  const outputs = outputPacket(expected, spec);
  script.take(outputs.beats, outputs.places);
  session.ended++;
  const [code, refused] = [streamCodes[name] + faultCodes.long, codeOf("start_busy")];
  script.say(
    ...programming(map, head), start(map, head), poll(map, "HEADS_DONE", { heads_done: session.ended }), read(map, "STATUS", { busy: 1, done: 1, pending: 0, error: 1, error_code: code }),
    write(map, "STATUS", { done: 1, error: 1 }), ...programming(map, next.head), start(map, next.head), read(map, "STATUS", { busy: 1, pending: 1, error: 0, start_code: 0 }),
    start(map, next.head), read(map, "STATUS", { busy: 1, pending: 1, error: 1, error_code: refused, start_code: refused }), write(map, "STATUS", { error: 1 }),
  );
  script.send(name, more.slice(-1), { isOrdered: true });
  session.packets(next);
  session.ended++;
  script.say(poll(map, "HEADS_DONE", { heads_done: session.ended }), ...end(map));
}

/** Two packets whose first beats, which are taken in the same cycle, are faulty: the stream that comes first in the list of codes is told. */
export function faultsAtOnce(session: HostSession, heads: SmallHeads): void {
  const { spec: { beatBytes } } = session;
  const faults = ["the first beat is the last", "a hole in a beat"] as const;
  for (const [a, b] of [["keys", "values"], ["keys", "queries"], ["values", "queries"]] as const) {
    for (const [first, second] of faults.flatMap((x) => faults.map((y) => [x, y] as const))) {
      const head = heads.head(`${first} of ${a}, ${second} of ${b}`);
      const given = ([[a, first], [b, second]] as const).map(([name, fault]) => faultyPacket(fault, Uint8Array.from(head[name], (x) => x & 255), beatBytes));
      if (given[0] === null || given[1] === null) continue;
      // What is sent now waits for the start.
      session.script.fence();
      faultyHead(session, heads, head, { [a]: given[0], [b]: given[1] });
    }
  }
}

/** A head with faulty packets. */
function faultyHead(session: HostSession, heads: SmallHeads, head: AttentionHead, faulty: Partial<Readonly<Record<Tensor, FaultyPacket>>>): void {
  const { map, script, spec } = session;
  const taken = Object.entries(faulty).map(([name, { taken: bytes }]) => [name, signed(bytes, session.params.operandBits)]);
  const expected = heads.outcome({ ...head, ...Object.fromEntries(taken) as Partial<AttentionHead> });
  for (const tensor of tensors) script.send(tensor, faulty[tensor]?.beats ?? tensorPacket(head, tensor, spec));
  const { beats, places } = outputPacket(expected, spec);
  script.take(beats, places);
  session.ended++;
  const name = tensors.find((tensor) => faulty[tensor] !== undefined)!;
  const code = streamCodes[name] + faulty[name]!.code;
  script.say(...named(head, [
    ...programming(map, head), start(map, head), poll(map, "STATUS", { done: 1 }), read(map, "HEADS_DONE", { heads_done: session.ended }),
    poll(map, "STATUS", { busy: 0 }), read(map, "STATUS", { done: 1, error: 1, pending: 0, error_code: code, start_code: 0 }), write(map, "STATUS", { done: 1, error: 1 }),
    read(map, "STATUS", { busy: 0, done: 0, error: 0, pending: 0, error_code: 0, start_code: 0 }),
  ]));
}

/** Bytes as features: of each the lower bits. */
function signed(bytes: Uint8Array, operandBits: number): Int16Array {
  return Int16Array.from(bytes, (byte) => (byte << (32 - operandBits)) >> (32 - operandBits));
}

/** A head as it should be. */
export function plain(session: HostSession, expected: ExpectedHead): void {
  session.fly([expected]);
}

/** The interrupt is 1 while it is enabled and there is something to say. */
export function interrupts(session: HostSession, heads: SmallHeads): void {
  const { map, script } = session;
  const expected = heads.expected("interrupts");
  session.packets(expected);
  session.ended++;
  const enable = (irq: 0 | 1) => write(map, "CONTROL", { irq_enable: irq });
  script.say(
    interruptLevel(0), ...programming(map, expected.head), write(map, "CONTROL", { start: 1 }), poll(map, "STATUS", { done: 1 }), interruptLevel(0),
    enable(1), interruptLevel(1), interrupt, enable(0), interruptLevel(0), enable(1), write(map, "STATUS", { error: 1 }), interruptLevel(1),
    poll(map, "STATUS", { busy: 0 }),
    // An error says something, too: with done, and by itself.
    write(map, "ROWS", { rows: 0 }), write(map, "CONTROL", { start: 1, irq_enable: 1 }), read(map, "STATUS", { done: 1, error: 1 }), interruptLevel(1),
    write(map, "STATUS", { done: 1 }), interruptLevel(1), interrupt, enable(0), interruptLevel(0), enable(1), interruptLevel(1),
    write(map, "STATUS", { done: 1 }), interruptLevel(1), write(map, "STATUS", { error: 1 }), interruptLevel(0),
  );
}

/** Pauses of one stream at a time, and of the outputs, are what the counters say, to the cycle; nothing else may stall. */
export function pauses(session: HostSession, heads: SmallHeads, coverage: Coverage): void {
  const { map, script, spec } = session;
  for (const [name, input, output] of [["keys", 23, 0], ["values", 140, 1], ["queries", 37, 70], ["queries", 1, 201]] as const) {
    const expected = heads.expected(`${name} ${input} cycles late, outputs ${output}`);
    const { head } = expected;
    coverage.hit(kinds.pauses, name);
    if (output > 0) coverage.hit(kinds.pauses, "outputs");
    script.fence();
    for (const tensor of tensors) script.send(tensor, tensorPacket(head, tensor, spec), tensor === name ? { pause: input } : {});
    const { beats, places } = outputPacket(expected, spec);
    script.take(beats, places, output);
    session.ended++;
    script.say(...named(head, [
      ...programming(map, head), start(map, head), poll(map, "HEADS_DONE", { heads_done: session.ended }), poll(map, "STATUS", { busy: 0 }),
      read(map, "INPUT_STALLS", { input_stalls: input }), read(map, "OUTPUT_STALLS", { output_stalls: output }), read(map, "ROWS_DONE", { rows_done: expected.rows.length }),
      write(map, "STATUS", { done: 1 }),
    ]));
  }
}
