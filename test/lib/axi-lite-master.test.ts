import fc from "fast-check";
import { AxiLiteMaster } from "../../generator/lib/axi-lite-master";
import { Simulator } from "../../sim/engines/builtin";
import { lintVerilog } from "../../sim/lint";
import { build } from "../lapa/build";

const { circuit, files } = build(AxiLiteMaster, { addressBits: 6 });
const ops = ["write", "read", "poll", "wait", "level"] as const;

interface Command {
  readonly op: (typeof ops)[number];
  readonly address: number;
  readonly data: number;
  readonly mask: number;
}
interface Reply {
  readonly response: number;
  readonly data: number;
}

/** Words from this address on are not there. */
const beyond = 56;
const okay = 0;
const slaveError = 2;

/** A memory behind AXI4-Lite, which takes and answers when it likes, and holds the master to the rules of the bus. */
class Slave {
  /** A word that is read changes by this from one read to the next, so that polls come to an end. */
  readonly memory = Array.from({ length: 16 }, (_, i) => (i * 0x01010101) >>> 0);
  readonly reads: number[] = [];
  private readonly held: Record<string, string | null> = { aw: null, w: null, ar: null };
  private address: number | null = null;
  private word: { readonly data: number; readonly strobes: number } | null = null;
  private b: number | null = null;
  private r: Reply | null = null;

  constructor(private readonly sim: Simulator) {}

  private get(name: string): number {
    return Number(this.sim.peek(`axil_${name}`));
  }

  private set(name: string, value: number): void {
    this.sim.poke(`axil_${name}`, BigInt(value));
  }

  /** Before an edge: decides what is ready, and returns what happens at the edge. @param pause a bit a channel. */
  cycle(pause: number): () => void {
    const ready = { aw: this.address === null && (pause & 1) === 0, w: this.word === null && (pause & 2) === 0, ar: this.r === null && (pause & 4) === 0 };
    for (const [channel, is] of Object.entries(ready)) this.set(`${channel}ready`, is ? 1 : 0);
    this.set("bvalid", this.b === null ? 0 : 1);
    this.set("bresp", this.b ?? 3);
    this.set("rvalid", this.r === null ? 0 : 1);
    this.set("rresp", this.r?.response ?? 3);
    this.set("rdata", this.r?.data ?? 0xdeadbeef);
    const offers = { aw: `${this.get("awaddr")}`, w: `${this.get("wdata")} ${this.get("wstrb")}`, ar: `${this.get("araddr")}` };
    for (const channel of ["aw", "w", "ar"] as const) {
      const isValid = this.get(`${channel}valid`) === 1;
      // What is offered stays until it is taken.
      if (this.held[channel] !== null) expect([channel, isValid, offers[channel]]).toEqual([channel, true, this.held[channel]]);
      this.held[channel] = isValid && !ready[channel] ? offers[channel] : null;
    }
    const taken = { aw: ready.aw && this.get("awvalid") === 1, w: ready.w && this.get("wvalid") === 1, ar: ready.ar && this.get("arvalid") === 1, b: this.b !== null && this.get("bready") === 1, r: this.r !== null && this.get("rready") === 1 };
    const [address, read, word] = [this.get("awaddr"), this.get("araddr"), { data: this.get("wdata"), strobes: this.get("wstrb") }];
    return () => {
      if (taken.b) this.b = null;
      if (taken.r) this.r = null;
      if (taken.aw) this.address = address;
      if (taken.w) this.word = word;
      if (taken.ar) this.r = this.read(read);
      if (this.address !== null && this.word !== null && this.b === null && (pause & 8) === 0) this.write(this.address, this.word);
    };
  }

  private read(address: number): Reply {
    this.reads.push(address);
    if (address >= beyond) return { response: slaveError, data: 0x55 };
    const data = this.memory[address >> 2]!;
    this.memory[address >> 2] = (data + 1) >>> 0;
    return { response: okay, data };
  }

  private write(address: number, { data, strobes }: { readonly data: number; readonly strobes: number }): void {
    this.b = address >= beyond ? slaveError : okay;
    [this.address, this.word] = [null, null];
    if (address >= beyond) return;
    for (let i = 0; i < 4; i++) {
      const lane = (0xff << (8 * i)) >>> 0;
      if ((strobes >> i) & 1) this.memory[address >> 2] = ((this.memory[address >> 2]! & ~lane) | (data & lane)) >>> 0;
    }
  }
}

/** What the commands should do to such a memory, and be replied. */
function expectedReplies(commands: readonly Command[], memory: number[]): { readonly replies: Reply[]; readonly reads: number[] } {
  const reads: number[] = [];
  const replies = commands.map(({ op, address, data, mask }): Reply => {
    if (op === "wait") return { response: okay, data: 0 };
    if (op !== "write") {
      for (;;) {
        reads.push(address);
        if (address >= beyond) return { response: slaveError, data: (0x55 & mask) >>> 0 };
        const word = memory[address >> 2]!;
        memory[address >> 2] = (word + 1) >>> 0;
        const masked = (word & mask) >>> 0;
        if (op === "read" || masked === data) return { response: okay, data: masked };
      }
    }
    if (address >= beyond) return { response: slaveError, data: 0 };
    const lanes = [0, 1, 2, 3].reduce((bits, i) => (((mask >> i) & 1) === 1 ? bits | (0xff << (8 * i)) : bits), 0);
    memory[address >> 2] = ((memory[address >> 2]! & ~lanes) | (data & lanes)) >>> 0;
    return { response: okay, data: 0 };
  });
  return { replies, reads };
}

const address = fc.integer({ min: 0, max: 15 }).map((word) => 4 * word);
const anyWord = fc.integer({ min: 0, max: 0xffffffff });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ op: fc.constantFrom("write", "read", "wait"), address, data: anyWord, mask: anyWord }),
  // Of the word's two lowest bits, or of none: what is waited for comes.
  fc.record({ op: fc.constant("poll" as const), address, data: fc.integer({ min: 0, max: 3 }), mask: fc.constant(3) }),
  fc.record({ op: fc.constant("poll" as const), address, data: fc.constant(0), mask: fc.constant(0) }),
);

/** Words of one of the master's streams, each with the turn that it waits for. */
class Feed {
  private next = 0;
  private isOffered = false;

  constructor(private readonly name: string, private readonly words: readonly Readonly<Record<string, number>>[]) {}

  offer(sim: Simulator, pauses: boolean): void {
    const word = this.words[this.next];
    this.isOffered ||= word !== undefined && !pauses;
    sim.poke(`${this.name}_valid`, this.isOffered ? 1n : 0n);
    for (const [field, value] of Object.entries(word ?? {})) sim.poke(`${this.name}_${field}`, BigInt(value));
  }

  take(sim: Simulator): void {
    if (!this.isOffered || sim.peek(`${this.name}_ready`) === 0n) return;
    [this.next, this.isOffered] = [this.next + 1, false];
  }
}

interface Said extends Command {
  /** The turn that it waits for, and that its data does. */
  readonly after: number;
  readonly dataAfter: number;
}

/** Runs commands. @returns what was answered, and how many cycles there was an interrupt. */
function run(commands: readonly Said[], slave: Slave, sim: Simulator, noise: () => number): { acks: number[]; replies: Reply[]; interrupts: number } {
  const writes = commands.filter(({ op }) => op === "write");
  const feeds = [
    new Feed("writes", writes.map((c) => ({ address: c.address, after: c.after }))),
    new Feed("data", writes.map(({ data, mask, dataAfter }) => ({ data, strobes: mask & 15, after: dataAfter }))),
    new Feed("reads", commands.filter(({ op }) => op !== "write").map(({ op, address: at, data, mask, after }) => ({ op: ops.indexOf(op) - 1, address: at, data, mask, after }))),
  ];
  const acks: number[] = [];
  const replies: Reply[] = [];
  let [turn, interrupts] = [0, 0];
  sim.reset();
  for (let time = 0; acks.length + replies.length < commands.length && time < 3000; time++) {
    const pause = noise();
    sim.poke("turn", BigInt(turn));
    feeds.forEach((feed, i) => feed.offer(sim, ((pause >> (8 + i)) & 1) === 1));
    const takes = { acks: (pause & 16) === 0, replies: (pause & 32) === 0 };
    for (const [name, is] of Object.entries(takes)) sim.poke(`${name}_ready`, is ? 1n : 0n);
    const irq = (pause & 192) === 192 || time % 8 === 7;
    sim.poke("irq", irq ? 1n : 0n);
    const edge = slave.cycle(pause);
    if (irq) interrupts++;
    turn += Number(sim.peek("acked")) + Number(sim.peek("replied"));
    if (takes.acks && sim.peek("acks_valid") === 1n) acks.push(Number(sim.peek("acks_response")));
    if (takes.replies && sim.peek("replies_valid") === 1n) replies.push({ response: Number(sim.peek("replies_response")), data: Number(sim.peek("replies_data")) });
    feeds.forEach((feed) => feed.take(sim));
    sim.step();
    edge();
  }
  expect(turn).toBe(commands.length);
  return { acks, replies, interrupts };
}

const split = (commands: readonly Command[], answers: readonly Reply[]) => ({
  acks: answers.filter((_, i) => commands[i]!.op === "write").map(({ response }) => response),
  replies: answers.filter((_, i) => commands[i]!.op !== "write"),
});
const noises = fc.tuple(fc.boolean(), fc.infiniteStream(fc.integer({ min: 0, max: 2047 }))).map(([pauses, stream]) => () => (pauses ? stream.next().value : 0));

test("every access does what it says, in order, on a slave that takes its time", () => {
  fc.assert(fc.property(fc.array(command, { minLength: 1, maxLength: 12 }), noises, (commands, noise) => {
    const sim = new Simulator(circuit);
    const slave = new Slave(sim);
    const expected = expectedReplies(commands, [...slave.memory]);
    const got = run(commands.map((c, i) => ({ ...c, after: i, dataAfter: i })), slave, sim, noise);
    expect({ acks: got.acks, replies: got.replies }).toEqual(split(commands, expected.replies));
    expect(slave.reads).toEqual(expected.reads);
    expect(got.interrupts).toBeGreaterThanOrEqual(commands.filter(({ op }) => op === "wait").length);
  }), { numRuns: 200 });
});

test("accesses that need not wait for each other overlap, each kind in its order", () => {
  let together = 0;
  const half = fc.integer({ min: 0, max: 6 });
  const access = fc.oneof(
    fc.record({ op: fc.constant("write" as const), address: half.map((word) => 4 * word), data: anyWord, mask: anyWord }),
    fc.record({ op: fc.constant("read" as const), address: half.map((word) => 4 * word + 28), data: fc.constant(0), mask: anyWord }),
  );
  fc.assert(fc.property(fc.array(access, { minLength: 1, maxLength: 12 }), noises, (commands, noise) => {
    const sim = new Simulator(circuit);
    const slave = new Slave(sim);
    const memory = [...slave.memory];
    const expected = expectedReplies(commands, memory);
    const watched = { cycle: slave.cycle.bind(slave) };
    slave.cycle = (pause) => {
      if (sim.peek("axil_awvalid") === 1n && sim.peek("axil_arvalid") === 1n) together++;
      return watched.cycle(pause);
    };
    const { acks, replies } = run(commands.map((c) => ({ ...c, after: 0, dataAfter: 0 })), slave, sim, noise);
    expect({ acks, replies }).toEqual(split(commands, expected.replies));
    expect(slave.reads).toEqual(expected.reads);
    expect(slave.memory).toEqual(memory);
  }), { numRuns: 200 });
  expect(together).toBeGreaterThan(100);
});

test("a word waits for its turn", () => {
  const sim = new Simulator(circuit);
  sim.reset();
  for (const name of ["writes", "data", "reads"]) {
    sim.poke(`${name}_after`, 3n);
    sim.poke(`${name}_valid`, 1n);
  }
  for (const turn of [0n, 1n, 2n]) {
    sim.poke("turn", turn);
    expect(["writes_ready", "data_ready", "reads_ready", "axil_awvalid", "axil_wvalid", "axil_arvalid"].map((port) => sim.peek(port))).toEqual([0n, 0n, 0n, 0n, 0n, 0n]);
    sim.step();
  }
  sim.poke("turn", 3n);
  expect(["reads_ready", "axil_awvalid", "axil_wvalid"].map((port) => sim.peek(port))).toEqual([1n, 1n, 1n]);
});

test("a wait takes no interrupt that was before it, and lasts until there is one; a level is what it is now", () => {
  const sim = new Simulator(circuit);
  sim.reset();
  const ask = (op: (typeof ops)[number]): void => {
    sim.poke("reads_op", BigInt(ops.indexOf(op) - 1));
    sim.poke("reads_valid", 1n);
    sim.step();
    sim.poke("reads_valid", 0n);
  };
  const answer = (): (bigint | undefined)[] => ["replies_valid", "replies_response", "replies_data"].map((port) => sim.peek(port));
  sim.poke("irq", 1n);
  sim.step();
  sim.poke("irq", 0n);
  ask("wait");
  for (let t = 0; t < 50; t++) {
    expect(sim.peek("replies_valid")).toBe(0n);
    sim.step();
  }
  sim.poke("irq", 1n);
  sim.step();
  expect(answer()).toEqual([1n, 0n, 0n]);
  for (const level of [1n, 0n]) {
    sim.poke("irq", level);
    sim.poke("replies_ready", 1n);
    sim.step();
    sim.poke("replies_ready", 0n);
    ask("level");
    sim.step();
    expect(answer()).toEqual([1n, 0n, level]);
  }
});

test("clean in all tools", async () => {
  for (const { tool, version, messages } of await lintVerilog(circuit.top, files)) expect([tool, version === null, messages]).toEqual([tool, false, ""]);
});
