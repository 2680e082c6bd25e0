import fc from "fast-check";
import { elaborate, type Module, type ModuleClass, type Parameters, runPasses } from "lapa";
import { parseConfig } from "../../generator/lapa/config-schema";
import { Counters } from "../../generator/lapa/counters";
import { codeOf, errorCodes, streamCodes } from "../../generator/lapa/error-codes";
import { ErrorLatch } from "../../generator/lapa/error-latch";
import { HeadCheck } from "../../generator/lapa/head-check";
import { HeadStart } from "../../generator/lapa/head-start";
import { presets } from "../../generator/lapa/presets";
import { type Access, addressBits, type Field, fieldsWith, type Register, registerMap, type RegisterMapParameters } from "../../generator/lapa/register-map";
import { Registers } from "../../generator/lapa/registers";
import type { TopConfig } from "../../generator/lapa/unit-config";
import { topParameters } from "../../generator/lapa/units";
import { Simulator } from "../../sim/engines/builtin";
import { lintVerilog } from "../../sim/lint";
import { AxiMaster, type Transfer } from "./axi-master";
import { build } from "./build";

function parametersOf(preset: string, changes: Partial<RegisterMapParameters> = {}): RegisterMapParameters {
  return { ...topParameters(parseConfig(presets[preset]!.config, preset) as TopConfig), ...changes };
}

const base = parametersOf("top-base");
const cases: readonly (readonly [string, RegisterMapParameters])[] = [
  ["base", base], ["tiny", parametersOf("top-tiny", { peRows: 4, beatBytes: 1 })],
  ["three rounds, key side", parametersOf("top-tiny", { logSide: "key", window: null, slices: [2, 2, 4], keysPerCycle: [4, 4, 2] })],
  ["eight rounds, window none", parametersOf("top-base", {
    headDim: 256, maxKeys: 8192, window: null, slices: [1, 1, 1, 1, 1, 1, 1, 1], keysPerCycle: [4, 4, 4, 4, 4, 4, 4, 4], featuresPerCycle: 64,
  })],
  ["one round of 4 bits", parametersOf("top-tiny", { operandBits: 4, slices: [4], keysPerCycle: [4], window: 2 })],
];

const ones = (bits: number): bigint => (1n << BigInt(bits)) - 1n;

describe.each(cases)("the map: %s", (_, params) => {
  const map = registerMap(params);

  test("registers and fields do not overlap, and fit", () => {
    const addresses = map.map((r) => r.address);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses).toEqual([...addresses].sort((a, b) => a - b));
    for (const { address, fields } of map) {
      expect(address % 4).toBe(0);
      expect(address).toBeLessThan(2 ** addressBits);
      let next = 0;
      for (const { low, bits, reset } of fields) {
        expect(low).toBeGreaterThanOrEqual(next);
        expect(reset).toBeLessThanOrEqual(ones(bits));
        next = low + bits;
      }
      expect(next).toBeLessThanOrEqual(32);
    }
    for (const names of [map.map((r) => r.name), map.flatMap((r) => r.fields.map((f) => f.name))]) expect(new Set(names).size).toBe(names.length);
  });

  test("what is written to reset values is allowed, but for what has to be set", () => {
    const wrong = map.flatMap((r) => r.fields).filter((f) => f.allowed !== null && (f.reset < f.allowed.min || f.reset > f.allowed.max));
    expect(wrong.map((f) => f.name)).toEqual(["keys", "rows"]);
  });
});

test("addresses are the same whatever the parameters", () => {
  const address = new Map<string, number>();
  for (const { name, address: at } of cases.flatMap(([, params]) => registerMap(params))) {
    expect(address.get(name) ?? at).toBe(at);
    address.set(name, at);
  }
});

test("error codes are bytes, ascending and distinct", () => {
  const codes = errorCodes.map((e) => e.code);
  expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
  expect(codes[0]).toBeGreaterThan(0);
  expect(codes.at(-1)).toBeLessThan(256);
});

test("what the map refuses", () => {
  expect(() => registerMap({ ...base, peRows: 65 })).toThrow("peRows is 65");
  expect(() => registerMap({ ...base, beatBytes: 3 })).toThrow("beatBytes is 3");
  expect(() => registerMap({ ...base, operandBits: 16, slices: [8, 8] })).toThrow("operandBits is 16, and a feature is a byte");
});

/** What the registers should do, an access at a time. */
class Model {
  private readonly fields = new Map<string, bigint>();
  constructor(private readonly map: readonly Register[], private readonly values: ReadonlyMap<string, bigint>) {
    for (const f of map.flatMap((r) => r.fields)) this.fields.set(f.name, f.reset);
  }

  private find(address: number): Register | undefined {
    return this.map.find((r) => r.address === (address & ~3));
  }

  raise(name: string): void {
    this.fields.set(name, 1n);
  }

  field(name: string): bigint {
    return this.fields.get(name)!;
  }

  /** The response, and the pulses that there are. */
  write({ address, data, strobes }: Transfer): { readonly response: bigint; readonly pulses: readonly string[] } {
    const register = this.find(address);
    if (register === undefined) return { response: 2n, pulses: [] };
    const mask = [0, 1, 2, 3].reduce((all, i) => all | ((strobes >> i) & 1 ? 255n << BigInt(8 * i) : 0n), 0n);
    const pulses: string[] = [];
    for (const { name, low, bits, access } of register.fields) {
      const [now, written] = [(data >> BigInt(low)) & ones(bits), (mask >> BigInt(low)) & ones(bits)];
      if (access === "rw") this.fields.set(name, (this.field(name) & ~written) | (now & written));
      if (access === "w1c" && (now & written) !== 0n) this.fields.set(name, 0n);
      if (access === "pulse" && (now & written) !== 0n) pulses.push(name);
    }
    return { response: 0n, pulses };
  }

  read(address: number): { readonly response: bigint; readonly data: bigint } {
    const register = this.find(address);
    if (register === undefined) return { response: 2n, data: 0n };
    const content = ({ name, access }: Field): bigint => {
      if (access === "ro") return this.values.get(name)!;
      return access === "pulse" ? 0n : this.field(name);
    };
    return { response: 0n, data: register.fields.reduce((all, f) => all | (content(f) << BigInt(f.low)), 0n) };
  }
}

describe.each(cases)("the registers in hardware: %s", (_, params) => {
  const map = registerMap(params);
  const { circuit } = build(Registers, params);
  const names = (...access: Access[]): string[] => fieldsWith(map, ...access).map((f) => f.name);
  const addresses = map.map((r) => r.address);
  const access: fc.Arbitrary<Transfer> = fc.record({
    kind: fc.constantFrom("write", "read"),
    address: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...addresses) }, { weight: 1, arbitrary: fc.nat(2 ** addressBits - 1) }),
    data: fc.bigInt({ min: 0n, max: 0xffffffffn }), strobes: fc.oneof(fc.constant(15), fc.nat(15)),
  });

  test("any accesses, in any order of channels and with any pauses", () => {
    const many = fc.array(fc.tuple(access, fc.nat(9)), { minLength: 1, maxLength: 40 });
    const any = fc.infiniteStream(fc.bigInt({ min: 0n, max: ones(32) }));
    fc.assert(fc.property(many, fc.infiniteStream(fc.nat(7)), fc.boolean(), any, (accesses, noise, pauses, numbers) => {
      const sim = new Simulator(circuit);
      sim.reset();
      const values = new Map(fieldsWith(map, "ro").map((f) => [f.name, (numbers.next().value as bigint) & ones(f.bits)]));
      for (const [name, value] of values) sim.poke(`value_${name}`, value);
      const model = new Model(map, values);
      const master = new AxiMaster(sim, names("pulse"), () => (pauses ? (noise.next().value as number) : 0));
      const pulses: string[] = [];
      for (const [transfer, event] of accesses) {
        const raised = names("w1c")[event];
        if (raised !== undefined) {
          sim.poke(`raise_${raised}`, 1n);
          master.step();
          sim.poke(`raise_${raised}`, 0n);
          model.raise(raised);
        }
        if (transfer.kind === "read") expect(master.read(transfer.address)).toEqual(model.read(transfer.address));
        else {
          const expected = model.write(transfer);
          expect(master.write(transfer)).toBe(expected.response);
          pulses.push(...expected.pulses);
        }
        for (const name of names("rw")) expect(sim.peek(`written_${name}`)).toBe(model.field(name));
        for (const name of names("w1c")) expect(sim.peek(`flag_${name}`)).toBe(model.field(name));
      }
      expect(master.pulses).toEqual(pulses);
    }), { numRuns: 40 });
  });

  test("every address of the page answers", () => {
    const sim = new Simulator(circuit);
    sim.reset();
    const master = new AxiMaster(sim, [], () => 0);
    for (let address = 0; address < 2 ** addressBits; address += 4) {
      const response = addresses.includes(address) ? 0n : 2n;
      expect([address, master.read(address).response, master.write({ address, data: 0n, strobes: 0 })]).toEqual([address, response, response]);
    }
    // Two cycles a read, three a write, and no more.
    expect(master.cycles).toBe(2 ** (addressBits - 2) * 5);
  });
});

test("writes whose addresses and data come before the answers of others are taken", () => {
  const map = registerMap(base);
  const { circuit } = build(Registers, base);
  const addresses = [...map.map((r) => r.address), 0x060, 0xffc];
  const write = fc.record({
    kind: fc.constant("write" as const), address: fc.constantFrom(...addresses), data: fc.bigInt({ min: 0n, max: ones(32) }), strobes: fc.nat(15),
  });
  const writes = fc.array(write, { minLength: 2, maxLength: 30 });
  fc.assert(fc.property(writes, fc.infiniteStream(fc.nat(7)), (transfers, noise) => {
    const sim = new Simulator(circuit);
    sim.reset();
    const model = new Model(map, new Map());
    const expected = transfers.map((t) => model.write(t).response);
    const sent = { aw: 0, w: 0 };
    const offered = { aw: false, w: false };
    const responses: bigint[] = [];
    for (let time = 0; responses.length < transfers.length && time < 2000; time++) {
      const pause = noise.next().value as number;
      offered.aw = sent.aw < transfers.length && (offered.aw || (pause & 1) === 0);
      offered.w = sent.w < transfers.length && (offered.w || (pause & 2) === 0);
      sim.poke("axil_awvalid", offered.aw ? 1n : 0n);
      sim.poke("axil_awaddr", BigInt(transfers[sent.aw]?.address ?? 0));
      sim.poke("axil_wvalid", offered.w ? 1n : 0n);
      sim.poke("axil_wdata", transfers[sent.w]?.data ?? 0n);
      sim.poke("axil_wstrb", BigInt(transfers[sent.w]?.strobes ?? 0));
      sim.poke("axil_bready", (pause & 4) === 0 ? 1n : 0n);
      if (sim.peek("axil_bvalid") === 1n && (pause & 4) === 0) responses.push(sim.peek("axil_bresp"));
      for (const channel of ["aw", "w"] as const) {
        if (!offered[channel] || sim.peek(`axil_${channel}ready`) === 0n) continue;
        sent[channel]++;
        offered[channel] = false;
      }
      sim.step();
    }
    expect(responses).toEqual(expected);
    for (const { name } of fieldsWith(map, "rw")) expect(sim.peek(`written_${name}`)).toBe(model.field(name));
  }), { numRuns: 40 });
});

test("raising wins over a clear in the same cycle", () => {
  const map = registerMap(base);
  const sim = new Simulator(build(Registers, base).circuit);
  sim.reset();
  const master = new AxiMaster(sim, [], () => 0);
  const status = map.find((r) => r.name === "STATUS")!.address;
  for (const name of ["done", "error"]) sim.poke(`raise_${name}`, 1n);
  master.write({ address: status, data: 6n, strobes: 1 });
  for (const name of ["done", "error"]) expect(sim.peek(`flag_${name}`)).toBe(1n);
  for (const name of ["done", "error"]) sim.poke(`raise_${name}`, 0n);
  master.write({ address: status, data: 2n, strobes: 1 });
  expect(["done", "error"].map((name) => sim.peek(`flag_${name}`))).toEqual([0n, 1n]);
});

/** Registers of a head in order: what `set` writes, the rest as after reset. */
function head(sim: Simulator, params: RegisterMapParameters, set: Readonly<Record<string, bigint>>): void {
  for (const { name, reset, bits } of fieldsWith(registerMap(params), "rw")) {
    if (sim.ports.has(`written_${name}`)) sim.poke(`written_${name}`, BigInt.asUintN(bits, set[name] ?? reset));
  }
}

describe.each(cases)("starting a head: %s", (_, params) => {
  const sound = { keys: BigInt(params.maxKeys - 1), rows: 5n, n_valid: 3n, offset: -2n, scale: 65535n, shift: 31n, causal: 1n };
  const { circuit } = build(HeadStart, params);
  const started = (): Simulator => {
    const sim = new Simulator(circuit);
    sim.reset();
    return sim;
  };

  test("the ends of every range, and what is just outside", () => {
    const sim = started();
    sim.poke("start", 1n);
    for (const { name, bits, allowed, signed } of fieldsWith(registerMap(params), "rw")) {
      if (allowed === null) continue;
      const { min, max, error } = allowed;
      const roomy = name === "keys" || name === "n_valid" ? { n_valid: 0n, keys: BigInt(params.maxKeys) } : {};
      const tried = (value: bigint): readonly bigint[] => {
        head(sim, params, { ...sound, ...roomy, [name]: value });
        return [sim.peek("started"), sim.peek("refused"), sim.peek("refused") === 1n ? sim.peek("code") : 0n];
      };
      for (const value of [min, max]) expect([name, value, ...tried(value)]).toEqual([name, value, 1n, 0n, 0n]);
      const [lowest, highest] = signed ? [-(1n << BigInt(bits - 1)), ones(bits - 1)] : [0n, ones(bits)];
      const outside = [min - 1n, max + 1n, lowest, highest].filter((v) => v >= lowest && v <= highest && (v < min || v > max));
      for (const value of outside) expect([name, value, ...tried(value)]).toEqual([name, value, 0n, 1n, BigInt(codeOf(error))]);
    }
  });

  test("keys that are padding, keys that are not there, a soft reset", () => {
    const sim = started();
    const tried = (set: Readonly<Record<string, bigint>>): bigint => {
      head(sim, params, { ...sound, ...set });
      sim.poke("start", 1n);
      return sim.peek("refused") === 1n ? sim.peek("code") : 0n;
    };
    expect(tried({ n_valid: sound.keys })).toBe(0n);
    expect(tried({ n_valid: sound.keys + 1n })).toBe(BigInt(codeOf("n_valid")));
    expect(tried({ load: 0n })).toBe(BigInt(codeOf("not_loaded")));
    // The lowest code of several.
    expect(tried({ rows: 0n, shift: 32n, n_valid: sound.keys + 1n })).toBe(BigInt(codeOf("rows")));
    sim.poke("flushing", 1n);
    expect(tried({ rows: 0n })).toBe(BigInt(codeOf("start_busy")));
    sim.poke("flushing", 0n);
    expect(tried({})).toBe(0n);
    sim.step();
    // Words that wait are work as well.
    expect(tried({})).toBe(BigInt(codeOf("start_busy")));
    sim.poke("start", 0n);
    for (const name of ["head", "packets_keys", "packets_values", "packets_queries", "packets_outputs"]) sim.poke(`${name}_ready`, 1n);
    sim.step();
    expect(sim.peek("waits")).toBe(0n);
    expect(tried({ load: 0n })).toBe(0n);
    expect(tried({ load: 0n, keys: sound.keys - 1n })).toBe(BigInt(codeOf(sound.keys - 1n < sound.n_valid ? "n_valid" : "not_loaded")));
    sim.poke("start", 0n);
    sim.poke("clear", 1n);
    sim.step();
    sim.poke("clear", 0n);
    expect(tried({ load: 0n })).toBe(BigInt(codeOf("not_loaded")));
  });

  test("the word of the head, and the rows of its packets, stay until they are taken", () => {
    const sim = started();
    const rounds = params.slices.length;
    const rho = params.slices.map((_slice, r) => sim.ports.get(`head_rho_${r}`)!.width).map((width, r) => ones(width) - BigInt(r));
    const rhos = Object.fromEntries(rho.flatMap((value, r) => [[`rho_${r}_lo`, value & ones(32)], [`rho_${r}_hi`, value >> 32n]]));
    const weights = Object.fromEntries(Array.from({ length: rounds }, (_w, r) => [`weight_${r}`, BigInt(r - 3)]));
    const guards = params.logSide === "query" ? Object.fromEntries(Array.from({ length: rounds - 1 }, (_g, r) => [`guard_${r}`, BigInt(60 + (r & 3))])) : {};
    head(sim, params, { ...sound, ...rhos, ...weights, ...guards, blend: 1n, dense: 1n });
    sim.poke("start", 1n);
    expect(sim.peek("started")).toBe(1n);
    sim.step();
    sim.poke("start", 0n);
    head(sim, params, {});
    const streams = ["head", "packets_keys", "packets_values", "packets_queries", "packets_outputs"];
    for (const [i, name] of streams.entries()) {
      expect(streams.map((s) => sim.peek(`${s}_valid`))).toEqual(streams.map((_s, k) => (k >= i ? 1n : 0n)));
      const expected: Readonly<Record<string, bigint>> = name === "head"
        ? { keys: sound.keys, rows: 5n, n_valid: 3n, offset: -2n, causal: 1n, blend: 1n, dense: 1n, scale: 65535n, shift: 31n,
          ...Object.fromEntries(rho.map((value, r) => [`rho_${r}`, value])), ...weights, ...guards }
        : { rows: i < 3 ? sound.keys : 5n };
      for (const [key, value] of Object.entries(expected)) {
        const port = sim.ports.get(`${name}_${key}`)!;
        expect([key, sim.peek(`${name}_${key}`)]).toEqual([key, BigInt.asUintN(port.width, value)]);
      }
      sim.poke(`${name}_ready`, 1n);
      sim.step();
      sim.poke(`${name}_ready`, 0n);
    }
    expect(sim.peek("waits")).toBe(0n);
    head(sim, params, { ...sound, load: 0n });
    sim.poke("start", 1n);
    sim.step();
    expect(["head_keys", "packets_keys_rows", "packets_values_rows", "packets_queries_rows"].map((port) => sim.peek(port))).toEqual([0n, 0n, 0n, 5n]);
  });
});

test("the first error stays until it is cleared, the lowest of several", () => {
  const sim = new Simulator(build(ErrorLatch, {}).circuit);
  sim.reset();
  let flag = false;
  /** A cycle; the flag is kept as the registers do. */
  const cycle = (inputs: Readonly<Record<string, bigint>>): void => {
    for (const [name, port] of sim.ports) if (port.direction === "input") sim.poke(name, inputs[name] ?? 0n);
    sim.poke("flag", flag ? 1n : 0n);
    flag = sim.peek("raise") === 1n || (flag && inputs["cleared"] !== 1n);
    sim.step();
    sim.poke("flag", flag ? 1n : 0n);
  };
  cycle({});
  expect([flag, sim.peek("code")]).toEqual([false, 0n]);
  cycle({ queries_has_hole: 1n, values_too_long: 1n });
  expect([flag, sim.peek("code")]).toEqual([true, BigInt(streamCodes.values + 1)]);
  cycle({ refused: 1n, refused_code: 4n });
  expect([flag, sim.peek("code")]).toEqual([true, BigInt(streamCodes.values + 1)]);
  cycle({ refused: 1n, refused_code: 4n, cleared: 1n });
  expect([flag, sim.peek("code")]).toEqual([true, 4n]);
  cycle({ cleared: 1n });
  expect([flag, sim.peek("code")]).toEqual([false, 0n]);
  for (const [stream, first] of Object.entries(streamCodes)) {
    for (const [i, fault] of ["too_short", "too_long", "has_hole"].entries()) {
      cycle({ [`${stream}_${fault}`]: 1n });
      expect([flag, sim.peek("code")]).toEqual([true, BigInt(first + i)]);
      expect(errorCodes.map((e) => e.code)).toContain(first + i);
      cycle({ cleared: 1n });
    }
  }
});

test("counters count what they are told", () => {
  const sim = new Simulator(build(Counters, base).circuit);
  sim.reset();
  const events = ["running", "active", "input_stalled", "output_stalled", "row_done", "survived_0_valid", "survived_1_valid"];
  const random = fc.sample(fc.tuple(...events.map(() => fc.nat(1)), fc.nat(base.maxKeys)), { numRuns: 200, seed: 4 });
  const expected = new Map<string, bigint>();
  const add = (name: string, by: bigint): void => void expected.set(name, (expected.get(name) ?? 0n) + by);
  for (const [time, values] of random.entries()) {
    sim.poke("start", time === 20 ? 1n : 0n);
    events.forEach((name, i) => sim.poke(name, BigInt(values[i]!)));
    const count = BigInt(values.at(-1)!);
    sim.poke("survived_0_count", count);
    sim.poke("survived_1_count", count >> 1n);
    sim.step();
    if (time === 20) expected.clear();
    else {
      const [running, active, input, output, row, first, second] = values.map(BigInt) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint];
      for (const [name, by] of [["cycles_lo", 1n], ["pe_active_lo", active], ["input_stalls", input], ["output_stalls", output],
        ["rows_done", row], ["survivors_0", first * count], ["survivors_1", second * (count >> 1n)]] as const) add(name, by * running);
    }
    for (const [name, value] of expected) expect([name, sim.peek(`value_${name}`)]).toEqual([name, value]);
  }
  expect([...expected.values()].every((v) => v > 10n)).toBe(true);
});

describe.each(cases)("linters have nothing to say: %s", (_, params) => {
  test("Registers", () => expectClean(Registers, params));
  test("HeadCheck", () => expectClean(HeadCheck, params));
  test("HeadStart", () => expectClean(HeadStart, params));
  test("Counters", () => expectClean(Counters, params));
});

test("linters have nothing to say: ErrorLatch", () => expectClean(ErrorLatch, {}));

async function expectClean<P extends Parameters, M extends Module<P>>(unit: ModuleClass<P, M>, params: P): Promise<void> {
  const { circuit, warnings } = runPasses(elaborate(unit, params));
  expect(warnings).toEqual([]);
  const { files } = build(unit, params);
  expect((await lintVerilog(circuit.top, files)).filter((r) => !r.clean)).toEqual([]);
}
