import fc from "fast-check";
import { AxiLiteMaster } from "../../generator/lib/axi-lite-master";
import { Simulator } from "../../sim/engines/builtin";
import { lintVerilog } from "../../sim/lint";
import { build } from "../lapa/build";

const { circuit, files } = build(AxiLiteMaster, { addressBits: 6 });
const ops = ["write", "read", "poll", "wait"] as const;

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

test("every command does what it says, in order, on a slave that takes its time", () => {
  fc.assert(fc.property(fc.array(command, { minLength: 1, maxLength: 12 }), fc.boolean(), fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (commands, pauses, noise) => {
    const sim = new Simulator(circuit);
    const slave = new Slave(sim);
    const expected = expectedReplies(commands, [...slave.memory]);
    const replies: Reply[] = [];
    let [next, interrupts, isOffered] = [0, 0, false];
    sim.reset();
    for (let time = 0; replies.length < commands.length && time < 3000; time++) {
      const pause = pauses ? noise.next().value : 0;
      isOffered ||= next < commands.length && (pause & 16) === 0;
      const { op, address: at, data, mask } = commands[next] ?? { op: "read", address: 0, data: 0, mask: 0 };
      sim.poke("commands_valid", isOffered ? 1n : 0n);
      sim.poke("commands_op", BigInt(ops.indexOf(op)));
      sim.poke("commands_address", BigInt(at));
      sim.poke("commands_data", BigInt(data));
      sim.poke("commands_mask", BigInt(mask));
      sim.poke("replies_ready", (pause & 32) === 0 ? 1n : 0n);
      const irq = pauses ? (pause & 192) === 192 : time % 8 === 7;
      sim.poke("irq", irq ? 1n : 0n);
      const edge = slave.cycle(pause);
      if (irq) interrupts++;
      if ((pause & 32) === 0 && sim.peek("replies_valid") === 1n) replies.push({ response: Number(sim.peek("replies_response")), data: Number(sim.peek("replies_data")) });
      if (isOffered && sim.peek("commands_ready") === 1n) [next, isOffered] = [next + 1, false];
      sim.step();
      edge();
    }
    expect(replies).toEqual(expected.replies);
    expect(slave.reads).toEqual(expected.reads);
    expect(interrupts).toBeGreaterThanOrEqual(commands.filter(({ op }) => op === "wait").length);
  }), { numRuns: 200 });
});

test("a wait takes no interrupt that was before it, and lasts until there is one", () => {
  const sim = new Simulator(circuit);
  sim.reset();
  sim.poke("irq", 1n);
  sim.step();
  sim.poke("irq", 0n);
  sim.poke("commands_op", 3n);
  sim.poke("commands_valid", 1n);
  sim.step();
  sim.poke("commands_valid", 0n);
  for (let t = 0; t < 50; t++) {
    expect(sim.peek("replies_valid")).toBe(0n);
    sim.step();
  }
  sim.poke("irq", 1n);
  sim.step();
  expect([sim.peek("replies_valid"), sim.peek("replies_response"), sim.peek("replies_data")]).toEqual([1n, 0n, 0n]);
});

test("clean in all tools", async () => {
  for (const { tool, version, messages } of await lintVerilog(circuit.top, files)) expect([tool, version === null, messages]).toEqual([tool, false, ""]);
});
