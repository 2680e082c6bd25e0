/** The accelerator from bus to bus, in the built-in simulator: registers, packets, outputs, errors, counters. */

import { codeOf, streamCodes } from "../../generator/lapa/error-codes";
import { Top } from "../../generator/lapa/top";
import { attentionParameters } from "../../generator/lapa/units";
import { AttentionWork } from "../../sim/cycles/attention-work";
import { topCycles } from "../../sim/cycles/top";
import { lintVerilog } from "../../sim/lint";
import { type AttentionHead, headRows } from "../../sim/vectors/attention-vectors";
import { headsFor } from "./attention-cases";
import { goldenHead } from "./attention-golden";
import { build } from "./build";
import { bits, circuit, config, files, Host, never, noise, params, small, unitOf } from "./top-host";

const { headDim } = params;

describe("heads", () => {
  test.each([1, 2, 3, 4])("one after the other, of seed %d, with pauses on every bus", (seed) => {
    const host = new Host(seed === 1 ? never : noise(seed));
    for (const head of headsFor(config, seed)) {
      host.outputs.length = 0;
      host.send(head);
      host.program(head);
      expect(host.finish()).toBe(0);
      const { outputs, survivors } = goldenHead(config, head);
      expect(host.outputs).toEqual(outputs);
      expect([host.read("SURVIVORS_0"), host.read("SURVIVORS_1"), host.read("ROWS_DONE")]).toEqual([...survivors, head.queries.length / headDim]);
    }
    expect(host.ends).toBe(3);
  });
});

test.each([1, 2, 3])("heads of different sizes in flight, the next one started as soon as it can be, of seed %d", (seed) => {
  const host = new Host(seed === 1 ? never : noise(seed));
  const heads = [...headsFor(config, seed), ...headsFor(config, seed + 50)];
  heads.forEach((head) => host.send(head));
  heads.forEach((head, i) => {
    // What was started before ends by itself; of the others one is at work, and one may be started.
    for (let polls = 0; (host.read("STATUS") & 8) !== 0; polls++) if (polls > 5000) throw new Error("pending for ever");
    expect(i - host.read("HEADS_DONE")).toBeLessThanOrEqual(1);
    host.program(head);
  });
  for (let polls = 0; host.read("HEADS_DONE") < heads.length; polls++) if (polls > 5000) throw new Error("busy for ever");
  expect(host.outputs).toEqual(heads.flatMap((head) => goldenHead(config, head).outputs));
  expect([host.ends, host.read("STATUS")]).toEqual([heads.length, 2]);
});

test.each([1, 4, 8, 64])("a head takes as many cycles as the model has, with beats of %d bytes", (beatBytes) => {
  const variants = [{ headDim: 9, logSide: "query" as const, window: 4 }, { headDim: 16, logSide: "key" as const, window: null }];
  for (const variant of variants) {
    const unit = unitOf({ ...params, ...variant, featuresPerCycle: variant.headDim, beatBytes });
    const { circuit: of } = build(Top, unit.params);
    for (const head of [4, 5].flatMap((seed) => headsFor(unit.config, seed))) {
      const host = new Host(never, unit, of);
      const loading = { ...head, loads: true };
      host.send(loading);
      host.program(loading);
      expect(host.finish()).toBe(0);
      expect(host.read("CYCLES_LO")).toBe(modelled(loading, unit));
    }
  }
}, 120_000);

/** What CYCLES counts, by the cycle model. */
function modelled(head: AttentionHead, unit: typeof small): number {
  const attention = attentionParameters(unit.config);
  const work = new AttentionWork(attention, head.parameters);
  for (const row of headRows(head, unit.config)) work.add(row);
  return topCycles(attention, unit.params.beatBytes, work.ofHead(head));
}

describe("mistakes", () => {
  const counters = ["CYCLES_LO", "PE_ACTIVE_LO", "INPUT_STALLS", "OUTPUT_STALLS", "ROWS_DONE", "SURVIVORS_0", "SURVIVORS_1"];
  const [head] = headsFor(config, 2);

  test("a start with too many keys, and one while another head waits", () => {
    const host = new Host(never);
    host.program({ ...head!, keys: new Int16Array((params.maxKeys + 1) * headDim) });
    host.idle(5);
    expect((host.read("STATUS") >> 8) & 255).toBe(codeOf("keys"));
    host.write("STATUS", 6);
    host.program(head!);
    host.idle(5);
    host.write("CONTROL", bits.start);
    expect((host.read("STATUS") >> 8) & 255).toBe(0);
    host.write("CONTROL", bits.start);
    expect((host.read("STATUS") >> 8) & 255).toBe(codeOf("start_busy"));
  });

  test.each([["short", -headDim - 2, 0], ["long", 3, 1]])("a packet that is too %s does not hang, and the next head is right", (_, more, fault) => {
    const host = new Host(noise(9));
    host.send(head!);
    const values = host.packets.values[0]!;
    if (more < 0) values.splice(more);
    else values.push(...Array<number>(more).fill(7));
    host.program(head!);
    expect(host.finish()).toBe(streamCodes.values + fault);
    host.outputs.length = 0;
    host.send(head!);
    host.program(head!);
    expect(host.finish()).toBe(0);
    expect(host.outputs).toEqual(goldenHead(config, head!).outputs);
  });

  /** What a host does after a soft reset; then comes the head, which has to be right. */
  function expectRecovery(host: Host): void {
    host.restart();
    const counted = counters.map((name) => host.read(name));
    for (let polls = 0; (host.read("STATUS") & 1) === 1; polls++) if (polls > 3000) throw new Error("busy for ever");
    expect(counters.map((name) => host.read(name))).toEqual(counted);
    host.write("STATUS", 6);
    host.outputs.length = 0;
    host.send(head!);
    host.program({ ...head!, loads: true });
    expect(host.finish()).toBe(0);
    expect(host.outputs).toEqual(goldenHead(config, head!).outputs);
  }

  test("a soft reset while all but a head's last word of outputs has left the core", () => {
    const stopped = 0xc0;
    let pause = stopped;
    const host = new Host(() => pause);
    const query = { ...head!, queries: head!.queries.slice(0, headDim) };
    host.send(query);
    host.program(query);
    host.idle(1000);
    host.write("CONTROL", bits.softReset);
    pause = never();
    expectRecovery(host);
  });

  test("a soft reset at any time, then a head", () => {
    const random = noise(31);
    for (let run = 0; run < 8; run++) {
      const host = new Host(run % 2 === 0 ? never : random);
      host.send(head!);
      host.program(head!);
      host.idle(random() % 400);
      // With another one behind it, or without.
      if (run > 3 && (host.read("STATUS") & 8) === 0) host.program(head!);
      if (run > 5) host.idle(random() % 400);
      host.write("CONTROL", bits.softReset);
      expectRecovery(host);
    }
  });
});

test("clean in all tools", async () => {
  for (const { tool, version, messages } of await lintVerilog(circuit.top, files)) expect([tool, version === null, messages]).toEqual([tool, false, ""]);
});
