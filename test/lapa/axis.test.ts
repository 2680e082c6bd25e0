import fc from "fast-check";
import { elaborate, type Module, type ModuleClass, type Parameters, runPasses } from "lapa";
import type { AxisParameters } from "../../generator/lapa/axis-format";
import { AxisOutput } from "../../generator/lapa/axis-output";
import { AxisVectors } from "../../generator/lapa/axis-vectors";
import { Simulator } from "../../sim/engines/builtin";
import { lintVerilog } from "../../sim/lint";
import { build } from "./build";

const shapes: readonly AxisParameters[] = [
  [8, 1, 1], [8, 64, 16], [8, 8, 64], [8, 5, 4], [8, 12, 8], [6, 3, 16], [8, 24, 64], [8, 7, 1], [4, 65, 2], [1, 20, 32], [8, 256, 64],
]
  .map(([operandBits, headDim, beatBytes]) => ({ operandBits: operandBits!, headDim: headDim!, beatBytes: beatBytes! }));
const named = shapes.map((s) => [`W ${s.operandBits}, d ${s.headDim}, ${s.beatBytes} bytes`, s] as const);

interface Beat {
  readonly bytes: readonly number[];
  readonly keep: readonly boolean[];
  readonly last: boolean;
}

/** What is wrong with a packet, if anything. */
type Fault = "none" | "short" | "long" | "hole";

interface Packet {
  readonly rows: number;
  readonly fault: Fault;
  /** Where the fault is, 0 .. 1 of what there is. */
  readonly at: number;
  readonly seed: number;
}

const packet: fc.Arbitrary<Packet> = fc.record({
  rows: fc.integer({ min: 0, max: 6 }), fault: fc.constantFrom<Fault[]>("none", "none", "short", "long", "hole"),
  at: fc.double({ min: 0, max: 0.999, noNaN: true }), seed: fc.integer({ min: 1, max: 10_000 }),
});

const byteOf = (seed: number, i: number): number => (Math.imul(seed + i, 2654435761) >>> 11) & 255;
const inBytes = (value: bigint, n: number): number[] => Array.from({ length: n }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
const fromBits = (bits: readonly boolean[]): bigint => bits.reduceRight((all, b) => (all << 1n) | (b ? 1n : 0n), 0n);
const fromParts = (parts: readonly number[], width: number): bigint => parts.reduceRight((all, b) => (all << BigInt(width)) | BigInt(b), 0n);

/** A packet's beats, the faults that are really in it, and the bytes that its rows should be. */
function sent({ rows, fault, at, seed }: Packet, { headDim, beatBytes }: AxisParameters): { beats: Beat[]; faults: Set<Fault>; bytes: number[] } {
  const total = rows * headDim;
  if (total === 0) return { beats: [], faults: new Set(), bytes: [] };
  const size = fault === "short" ? Math.floor(at * total) : fault === "long" ? total + 1 + Math.floor(at * 3 * beatBytes) : total;
  const faults = new Set<Fault>(size < total ? ["short"] : size > total ? ["long"] : []);
  const beats: Beat[] = Array.from({ length: Math.max(1, Math.ceil(size / beatBytes)) }, (_, b) => ({
    bytes: Array.from({ length: beatBytes }, (_, i) => byteOf(seed, b * beatBytes + i)),
    keep: Array.from({ length: beatBytes }, (_, i) => b * beatBytes + i < size), last: (b + 1) * beatBytes >= size,
  }));
  if (fault === "hole") {
    // Below another byte of its beat, or in a beat that is not the last.
    const byte = Math.floor(at * total);
    const beat = beats[Math.floor(byte / beatBytes)]!;
    const isTop = beat.last && (byte === total - 1);
    if (!isTop) {
      (beat.keep as boolean[])[byte % beatBytes] = false;
      faults.add("hole");
    }
  }
  const bytes = beats.flatMap((beat) => beat.bytes.map((b, i) => (beat.keep[i] ? b : 0))).slice(0, total);
  return { beats, faults, bytes: [...bytes, ...Array.from({ length: total - bytes.length }, () => 0)] };
}

describe.each(named)("packets to rows: %s", (_, shape) => {
  const { operandBits, headDim, beatBytes } = shape;
  const { circuit } = build(AxisVectors, shape);

  /** Runs packets; every packet's rows are told when the one before is through. */
  function run(packets: readonly Packet[], pauses: () => number): { rows: number[][]; faults: Set<Fault>[]; cycles: number } {
    const sim = new Simulator(circuit);
    sim.reset();
    const made = packets.map((p) => sent(p, shape));
    const beats = made.flatMap((m) => m.beats);
    const faults: Set<Fault>[] = packets.map(() => new Set<Fault>());
    const wanted = packets.reduce((n, p) => n + p.rows, 0);
    const rows: number[][] = [];
    let [told, offered, cycles] = [0, false, 0];
    let held: bigint | null = null;
    for (; (rows.length < wanted || beats.length > 0 || told < packets.length) && cycles < 20_000; cycles++) {
      const pause = pauses();
      sim.poke("packet_valid", told < packets.length ? 1n : 0n);
      sim.poke("packet_rows", BigInt(packets[told]?.rows ?? 0));
      // A beat that has been offered stays.
      offered = beats.length > 0 && (offered || (pause & 1) === 0);
      sim.poke("axis_tvalid", offered ? 1n : 0n);
      sim.poke("axis_tdata", fromParts(beats[0]?.bytes ?? [], 8));
      sim.poke("axis_tkeep", fromBits(beats[0]?.keep ?? []));
      sim.poke("axis_tlast", beats[0]?.last ? 1n : 0n);
      const ready = (pause & 2) === 0;
      sim.poke("vectors_ready", ready ? 1n : 0n);
      for (const [port, fault] of [["too_short", "short"], ["too_long", "long"], ["has_hole", "hole"]] as const) {
        if (sim.peek(port) === 1n) faults[told - 1]!.add(fault);
      }
      if (held !== null) expect([sim.peek("vectors_valid"), sim.peek("vectors_features")]).toEqual([1n, held]);
      held = null;
      if (sim.peek("vectors_valid") === 1n) {
        const features = sim.peek("vectors_features");
        if (ready) rows.push(Array.from({ length: headDim }, (_, i) => Number((features >> BigInt(i * operandBits)) & ((1n << BigInt(operandBits)) - 1n))));
        else held = features;
      }
      if (sim.peek("packet_ready") === 1n && told < packets.length) told++;
      if (offered && sim.peek("axis_tready") === 1n) {
        beats.shift();
        offered = false;
      }
      sim.step();
    }
    expect(beats).toEqual([]);
    expect(sim.peek("busy")).toBe(0n);
    return { rows, faults, cycles };
  }

  const rowsOf = (packets: readonly Packet[]): number[][] => packets.flatMap((p) => {
    const { bytes } = sent(p, shape);
    return Array.from({ length: p.rows }, (_, r) => bytes.slice(r * headDim, (r + 1) * headDim).map((b) => b & (2 ** operandBits - 1)));
  });

  test("every row and every fault, whoever stalls", () => {
    fc.assert(fc.property(fc.array(packet, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat(3)), fc.boolean(), (packets, noise, stalls) => {
      const { rows, faults } = run(packets, () => (stalls ? (noise.next().value as number) : 0));
      expect(rows).toEqual(rowsOf(packets));
      expect(faults).toEqual(packets.map((p) => sent(p, shape).faults));
    }), { numRuns: 40 });
  });

  test("a beat or a row every cycle, whichever takes longer", () => {
    const rows = 12;
    const { cycles } = run([{ rows, fault: "none", at: 0, seed: 1 }], () => 0);
    // One to take the number of rows, two from a beat to a row that waits; where a beat has several rows, they leave one by one.
    const least = Math.max(rows, Math.ceil(rows * headDim / beatBytes));
    expect(cycles).toBeGreaterThanOrEqual(least + 2);
    expect(cycles).toBeLessThanOrEqual(least + 3);
  });

  test("clear forgets a packet in the middle", () => {
    const sim = new Simulator(circuit);
    sim.reset();
    const [first, second] = [sent({ rows: 5, fault: "none", at: 0, seed: 3 }, shape), sent({ rows: 1, fault: "none", at: 0, seed: 9 }, shape)];
    const offer = (beat: Beat): void => {
      sim.poke("axis_tvalid", 1n);
      sim.poke("axis_tdata", fromParts(beat.bytes, 8));
      sim.poke("axis_tkeep", fromBits(beat.keep));
      sim.poke("axis_tlast", beat.last ? 1n : 0n);
    };
    sim.poke("packet_valid", 1n);
    sim.poke("packet_rows", 5n);
    sim.step();
    sim.poke("packet_valid", 0n);
    offer(first.beats[0]!);
    sim.step();
    sim.poke("axis_tvalid", 0n);
    sim.poke("clear", 1n);
    sim.step();
    sim.poke("clear", 0n);
    expect([sim.peek("busy"), sim.peek("vectors_valid")]).toEqual([0n, 0n]);
    sim.poke("packet_valid", 1n);
    sim.poke("packet_rows", 1n);
    sim.step();
    sim.poke("packet_valid", 0n);
    for (const beat of second.beats) {
      offer(beat);
      expect(sim.peek("axis_tready")).toBe(1n);
      sim.step();
    }
    sim.poke("axis_tvalid", 0n);
    sim.step();
    expect(sim.peek("vectors_valid")).toBe(1n);
    expect(sim.peek("vectors_features")).toBe(fromParts(second.bytes.map((b) => b & (2 ** operandBits - 1)), operandBits));
  });
});

describe.each(named)("rows to packets: %s", (_, shape) => {
  const { operandBits, headDim, beatBytes } = shape;
  const { circuit } = build(AxisOutput, shape);
  const wordsPerRow = Math.ceil(headDim / 8);

  /** Packets of so many rows; gives the bytes of each, and what the ends of packets looked like. */
  function run(rows: readonly number[], pauses: () => number): { packets: number[][]; cycles: number; rowsDone: number; done: number } {
    const sim = new Simulator(circuit);
    sim.reset();
    const features = rows.flatMap((n, p) => Array.from({ length: n * wordsPerRow * 8 }, (_, i) => byteOf(p * 100 + 7, i) & (2 ** operandBits - 1)));
    const words = Array.from({ length: features.length / 8 }, (_, w) => ({ features: features.slice(8 * w, 8 * w + 8), last: (w + 1) % wordsPerRow === 0 }));
    const packets: number[][] = [];
    let open: number[] = [];
    let [told, offered, cycles, rowsDone, done] = [0, false, 0, 0, 0];
    let held: readonly bigint[] | null = null;
    const expected = rows.filter((n) => n > 0).length;
    for (; (packets.length < expected || told < rows.length) && cycles < 20_000; cycles++) {
      const pause = pauses();
      sim.poke("packet_valid", told < rows.length ? 1n : 0n);
      sim.poke("packet_rows", BigInt(rows[told] ?? 0));
      offered = words.length > 0 && (offered || (pause & 1) === 0);
      sim.poke("words_valid", offered ? 1n : 0n);
      sim.poke("words_features", fromParts(words[0]?.features ?? [], operandBits));
      sim.poke("words_last", words[0]?.last ? 1n : 0n);
      const ready = (pause & 2) === 0;
      sim.poke("axis_tready", ready ? 1n : 0n);
      const beat = ["axis_tdata", "axis_tkeep", "axis_tlast"].map((name) => sim.peek(name));
      const valid = sim.peek("axis_tvalid") === 1n;
      if (held !== null) expect([valid, beat]).toEqual([true, held]);
      held = valid && !ready ? beat : null;
      expect(sim.peek("stalled")).toBe(held === null ? 0n : 1n);
      if (valid && ready) {
        const kept = [...beat[1]!.toString(2)].filter((b) => b === "1").length;
        // Null bytes are at the top of the last beat, and zero.
        expect(beat[1]).toBe((1n << BigInt(kept)) - 1n);
        if (beat[2] === 0n) expect(kept).toBe(beatBytes);
        expect(beat[0]! >> BigInt(8 * kept)).toBe(0n);
        open.push(...inBytes(beat[0]!, kept));
        if (beat[2] === 1n) {
          packets.push(open);
          open = [];
        }
      }
      rowsDone += Number(sim.peek("row_done"));
      done += Number(sim.peek("done"));
      if (sim.peek("packet_ready") === 1n && told < rows.length) told++;
      if (offered && sim.peek("words_ready") === 1n) {
        words.shift();
        offered = false;
      }
      sim.step();
    }
    expect([open, words]).toEqual([[], []]);
    return { packets, cycles, rowsDone, done };
  }

  const bytesOf = (rows: readonly number[]): number[][] => rows.flatMap((n, p) => (n === 0 ? [] : [Array.from({ length: n * headDim }, (_, i) => {
    const [row, c] = [Math.floor(i / headDim), i % headDim];
    return Number(BigInt.asUintN(8, BigInt.asIntN(operandBits, BigInt(byteOf(p * 100 + 7, row * wordsPerRow * 8 + c)))));
  })]));

  test("every byte, whoever stalls", () => {
    const heads = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(heads, fc.infiniteStream(fc.nat(3)), fc.boolean(), (rows, noise, stalls) => {
      const { packets, rowsDone, done } = run(rows, () => (stalls ? (noise.next().value as number) : 0));
      expect(packets).toEqual(bytesOf(rows));
      expect([rowsDone, done]).toEqual([rows.reduce((a, b) => a + b, 0), packets.length]);
    }), { numRuns: 40 });
  });

  test("a word or a beat every cycle, whichever takes longer", () => {
    const rows = 12;
    const { cycles } = run([rows], () => 0);
    const least = Math.max(rows * wordsPerRow, Math.ceil(rows * headDim / beatBytes));
    // One to take the number of rows, one from a word to a beat; a row's short word can cost a wide side nothing.
    expect(cycles).toBeGreaterThanOrEqual(least);
    expect(cycles).toBeLessThanOrEqual(least + 3 + (beatBytes < 8 ? rows : 0));
  });

  test("clear at any time: a packet that has begun ends with zeros, another one is not sent, and the next one is whole", () => {
    const bytesOfAll = 3 * headDim;
    const sim = new Simulator(circuit);
    for (let at = 0; at < Math.min(24, 3 * wordsPerRow + 2 * Math.ceil(bytesOfAll / beatBytes)); at++) {
      sim.reset();
      const { bytes, offered, taken, done } = cleared(sim, at);
      expect(bytes).toEqual(offered === 0 ? [] : Array.from({ length: bytesOfAll }, (_, i) => (i < offered ? 255 : 0)));
      expect(done).toBe(taken === bytesOfAll ? 1 : 0);
      expect(cleared(sim, null)).toMatchObject({ bytes: Array<number>(bytesOfAll).fill(255), done: 1 });
    }
  });

  /** A packet of three rows of ones with `clear` in cycle `at` and in the next but one. @returns also what was offered and taken until then. */
  function cleared(sim: Simulator, at: number | null): { bytes: number[]; offered: number; taken: number; done: number } {
    const bytes: number[] = [];
    let [offered, taken, done, word] = [0, 0, 0, 0];
    for (let cycle = 0; cycle <= (at ?? 0) + 2 || sim.peek("busy") === 1n; cycle++) {
      const isReady = cycle % 3 !== 1;
      const isCleared = at !== null && (cycle === at || cycle === at + 2);
      sim.poke("packet_valid", cycle === 0 ? 1n : 0n);
      sim.poke("packet_rows", 3n);
      sim.poke("words_valid", 1n);
      sim.poke("words_features", (1n << BigInt(8 * operandBits)) - 1n);
      sim.poke("words_last", (word + 1) % wordsPerRow === 0 ? 1n : 0n);
      sim.poke("axis_tready", isReady ? 1n : 0n);
      sim.poke("clear", isCleared ? 1n : 0n);
      const kept = sim.peek("axis_tvalid") === 1n ? sim.peek("axis_tkeep").toString(2).length : 0;
      if (kept > 0 && isReady) bytes.push(...inBytes(sim.peek("axis_tdata"), kept));
      if (cycle === at) [offered, taken] = [bytes.length + (isReady ? 0 : kept), bytes.length];
      done += Number(sim.peek("done"));
      word += Number(sim.peek("words_ready"));
      sim.step();
    }
    return { bytes, offered, taken, done };
  }
});

test.each(named)("linters have nothing to say: %s", async (_, shape) => {
  await expectClean(AxisVectors, shape);
  await expectClean(AxisOutput, shape);
});

async function expectClean<P extends Parameters, M extends Module<P>>(unit: ModuleClass<P, M>, params: P): Promise<void> {
  const { circuit, warnings } = runPasses(elaborate(unit, params));
  expect(warnings).toEqual([]);
  const { files } = build(unit, params);
  expect((await lintVerilog(circuit.top, files)).filter((r) => !r.clean)).toEqual([]);
}

test("what does not fit a byte, or no bus", () => {
  expect(() => build(AxisVectors, { operandBits: 9, headDim: 4, beatBytes: 4 })).toThrow("operandBits is 9, and a feature is a byte");
  expect(() => build(AxisOutput, { operandBits: 8, headDim: 4, beatBytes: 12 })).toThrow("beatBytes is 12");
  expect(() => build(AxisOutput, { operandBits: 8, headDim: 257, beatBytes: 8 })).toThrow("headDim is 257");
});
