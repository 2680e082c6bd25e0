/** The driver in C against the accelerator in Verilator, from registers and packets to outputs, held to the golden models. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../generator/lapa/config-schema";
import { codeOf, faultCodes, streamCodes } from "../../generator/lapa/error-codes";
import { presets } from "../../generator/lapa/presets";
import { mapVersion } from "../../generator/lapa/register-map";
import type { TopConfig } from "../../generator/lapa/unit-config";
import { configOf, headsFor } from "../lapa/attention-cases";
import { buildDriver } from "./program";
import { counters, expectSteps, receive, send, start, step, type Step, wait, whole } from "./script";

const odd = {
  unit: "top", operandBits: 4, headDim: 7, maxKeys: 13, slices: [1, 1, 2], keysPerCycle: [3, 2, 2], peRows: 3, beatBytes: 8, logSide: "key", window: null,
} as const;

/** What lapa.h calls LAPA_NOT_FOUND, LAPA_OTHER_VERSION and LAPA_TIMED_OUT. */
const [notFound, otherVersion, timedOut] = [-1, -2, -3] as const;

describe.each([["top-tiny", presets["top-tiny"]!.config], ["rounds of 1, 1 and 2 bits, keys encoded", odd]])("%s", (_, written) => {
  const top = parseConfig({ ...written }, "test") as TopConfig;
  const { unit: __, name: ___, beatBytes, ...shape } = top;
  const config = configOf(shape);
  const folder = mkdtempSync(join(tmpdir(), "lapa-driver-"));
  const program = join(folder, "program");
  const run = (seed: number, ...steps: readonly (Step | readonly Step[])[]): void => expectSteps(program, seed, [probe, ...steps.flat()]);
  const probe = step("probe 0", `probe 0 ${[config.headDim, config.operandBits, beatBytes, config.maxKeys, config.peRows, config.slices.length, ...config.slices].join(" ")}`);
  const [head, second] = headsFor(config, 2).map((h) => ({ ...h, loads: true }));

  beforeAll(() => buildDriver(folder, top), 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("what is no accelerator, and other versions of it, are told", () => {
    const version = 0x004;
    const other = (major: number, minor: number, code: number): Step[] => [
      step(`fake ${version} ${major * 65536 + minor}`), step("probe 0", code === 0 ? probe.answer : `probe ${code}`),
    ];
    const { major, minor } = mapVersion;
    run(1, step("probe 4", `probe ${notFound}`), other(major + 1, minor, otherVersion), other(major - 1, 65535, otherVersion), other(major, minor + 1, 0), other(major, minor - 1, otherVersion),
      step("bytes 5", `bytes ${5 * config.headDim}`));
  });

  test("heads of all kinds, one after the other", () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const heads = seeds.map((seed) => headsFor(config, seed));
    const kinds = heads.flat().map((h) => [h.dense, h.loads, h.parameters.causal, h.parameters.mode === "blend"]);
    for (const i of [0, 1, 2, 3]) expect(new Set(kinds.map((k) => k[i])).size).toBe(2);
    heads.forEach((of, i) => run(i === 0 ? 0 : seeds[i]!, ...of.map((h) => whole(config, h))));
  });

  test.each([0, 5])("a head that is out of range is refused, with pauses of seed %d", (seed) => {
    const { parameters: p, execution, dim } = head!;
    run(seed,
      start({ ...head!, keys: new Int16Array((config.maxKeys + 1) * dim) }, codeOf("keys")),
      start({ ...head!, parameters: { ...p, offset: -65537 } }, codeOf("offset")),
      start({ ...head!, execution: { ...execution, s: 32 } }, codeOf("shift")),
      start({ ...head!, parameters: { ...p, mode: "radius", rounds: config.slices.map((_, r) => ({ rho: r === 0 ? 2 ** 32 : 1, guard: 0 })) } }, codeOf("rho")),
      start({ ...head!, parameters: { ...p, mode: "blend", rounds: config.slices.map((_, r) => ({ a: r === 1 ? -16 : -15 })) } }, codeOf("weight")),
      start({ ...head!, loads: false }, codeOf("not_loaded")),
      whole(config, head!));
  });

  test.each([0, 3])("a head is started while another is at work, and not a third, with pauses of seed %d", (seed) => {
    run(seed, start(head!), step("ready"), start(second!), start(head!, codeOf("start_busy")), wait(1, 50, timedOut), send(head!), send(second!),
      wait(1), receive(config, head!), wait(1), receive(config, second!), step("finish", "finish 0"), counters(config, head!, second!));
  });

  test.each([0, 9, 10])("heads that overlap, with pauses of seed %d", (seed) => {
    const heads = [1, 2, 3].flatMap((s) => headsFor(config, s));
    run(seed, heads.flatMap(send), heads.flatMap((h) => [step("ready"), start(h)]), wait(heads.length), heads.map((h) => receive(config, h)), step("finish", "finish 0"));
  });

  test("a short packet is filled up and told, and the next head is right", () => {
    const code = streamCodes.values + faultCodes.short;
    const short = { ...head!, values: head!.values.slice(0, -1) };
    const filled = { ...head!, values: Int16Array.of(...short.values, 0) };
    // Behind it a start that is refused is seen as well.
    const refused = start({ ...second!, execution: { ...second!.execution, s: 32 } }, codeOf("shift"));
    run(4, start(head!), send(short), wait(1), receive(config, filled), refused, step("finish", `finish ${code}`), whole(config, second!));
    run(4, start(head!), send(short), wait(1), step("soft_reset 9999", "soft_reset 0"), whole(config, second!));
  });

  test.each([0, 50, 170, 333])("a soft reset after %d cycles, with one head in flight or two, then a head", (cycles) => {
    const after = [step("soft_reset 9999", "soft_reset 0"), step("finish", "finish 0"), start({ ...second!, loads: false }, codeOf("not_loaded")), ...whole(config, second!)];
    run(cycles, start(head!), send(head!), step(`idle ${cycles}`), after);
    run(cycles, start(head!), send(head!), step("ready"), start(second!), send(second!), step(`idle ${cycles}`), after);
  });

  test("a soft reset that takes too long", () => {
    run(6, start(head!), step("soft_reset 0", `soft_reset ${timedOut}`), step("soft_reset 9999", "soft_reset 0"), whole(config, head!));
  });

  test("an interrupt comes with the end of a head, where it is enabled", () => {
    const until = [start(head!), ...send(head!), wait(1), receive(config, head!)];
    run(7, until, step("irq", "irq 0"), step("finish", "finish 0"), step("enable_irq 1"), step("irq", "irq 0"), until, step("irq", "irq 1"), step("finish", "finish 0"),
      step("irq", "irq 0"), step("enable_irq 0"), until, step("irq", "irq 0"));
  });

  const reads = (offset: number, ...words: readonly number[]): Step[] => words.map((w) => step(`fake ${offset} ${w}`));

  test("a count of heads that goes through 2^32 and past what is waited for", () => {
    run(8, reads(0x028, 2 ** 32 - 2, 0, 3), wait(1, 2), reads(0x028, 0, 0, 0, 3), wait(1, 2, timedOut));
  });

  test("counters of 64 bits are read as one", () => {
    run(8, reads(0x084, 1, 2, 2), reads(0x080, 2 ** 32 - 1, 5), reads(0x08c, 7, 7), reads(0x088, 9), step("cycles", `cycles ${2n ** 33n + 5n} ${7n * 2n ** 32n + 9n}`));
  });
});
