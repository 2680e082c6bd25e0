/** Sessions of a random host: heads in flight together, packets that are too short or too long, soft resets at any time. */

import type { AttentionHead } from "../../sim/vectors/attention-vectors";
import { headsFor } from "./attention-cases";
import { goldenHead } from "./attention-golden";
import { bits, bytesOf, config, Host, never, noise, tensors } from "./top-host";

const status = { busy: 1, done: 2, error: 4, pending: 8 };
/** A pause of outputs. */
const noOutputs = 0xc0;
type Matrices = Pick<AttentionHead, (typeof tensors)[number]>;

/** A matrix as it is sent, and as it is taken: zeros for what is missing, nothing of what is too much. */
function sent(matrix: Int16Array, fault: "none" | "short" | "long", by: number): { readonly packet: number[]; readonly taken: Int16Array } {
  const packet = bytesOf(matrix);
  if (fault === "long") packet.push(...Array<number>(1 + (by % 9)).fill(7));
  if (fault === "short") packet.length -= by % packet.length;
  return { packet, taken: matrix.map((x, i) => (i < packet.length ? x : 0)) };
}

class Session {
  private readonly random: () => number;
  private readonly host: Host;
  /** Outputs of heads in flight. */
  private readonly expected: number[][] = [];
  /** Those of the head that a soft reset may have cut. */
  private cut: readonly number[] = [];
  /** Packets of outputs that have been looked at. */
  private seen = 0;
  private loaded: Matrices | null = null;
  private takes = true;
  private wasReset = false;
  private faults = 0;
  /** Heads that have ended with the right outputs. */
  heads = 0;

  constructor(private readonly seed: number) {
    this.random = noise(seed);
    const pauses = seed % 4 === 0 ? never : noise(seed + 1000);
    this.host = new Host(() => pauses() | (this.takes ? 0 : noOutputs));
  }

  run(): this {
    for (const head of [...headsFor(config, this.seed), ...headsFor(config, this.seed + 1)]) {
      this.head(head);
      if (this.random() % 5 === 0) this.reset();
    }
    this.until("busy", 0);
    this.settle();
    expect(this.expected).toEqual([]);
    const { host } = this;
    const flags = host.read("STATUS") & (status.busy | status.pending | status.error);
    // Of a packet that a reset has cut nobody knows whether its end had come.
    if (!this.wasReset) expect(flags).toBe(this.faults > 0 ? status.error : 0);
    return this;
  }

  /** Starts a head as soon as it can be. */
  private head(given: AttentionHead): void {
    const { host } = this;
    const head: AttentionHead = { ...given, loads: given.loads || this.loaded === null };
    const { keys, values } = head.loads ? head : this.loaded!;
    const taken = { keys, values, queries: head.queries };
    for (const name of head.loads ? tensors : (["queries"] as const)) {
      const fault = (["short", "long"] as const)[this.random() % 12] ?? "none";
      const matrix = sent(head[name], fault, this.random() % 97);
      if (fault === "long" || matrix.packet.length < head[name].length) this.faults++;
      host.packets[name].push(matrix.packet);
      taken[name] = matrix.taken;
    }
    this.loaded = taken;
    this.until("pending", 0);
    // Two are in flight at most, and this one may be the second.
    expect(this.expected.length).toBeLessThanOrEqual(1);
    this.expected.push(goldenHead(config, { ...head, ...taken }).outputs);
    host.program(head);
    host.idle(2);
    expect((host.read("STATUS") >> 16) & 255).toBe(0);
    host.idle(this.random() % (this.random() % 3 === 0 ? 900 : 9));
    this.settle();
  }

  private reset(): void {
    const { host } = this;
    // Half of them while outputs wait, wherever in the core they are.
    this.takes = this.random() % 2 === 0;
    host.idle(this.random() % 400);
    host.write("CONTROL", bits.softReset);
    host.restart();
    this.settle();
    this.cut = this.expected[0] ?? [];
    this.expected.length = 0;
    this.loaded = null;
    this.wasReset = true;
    host.idle(this.random() % 60);
    this.takes = true;
    // Another one before the end of the first changes nothing.
    if (this.random() % 2 === 0) host.idle(this.random() % 200);
    if (this.random() % 2 === 0) host.write("CONTROL", bits.softReset);
    this.settle();
  }

  /** Compares the outputs of heads that have ended, and what a soft reset has left of one. */
  private settle(): void {
    const { host } = this;
    for (const { bytes, cutAt } of host.monitor.packets.slice(this.seen)) {
      const outputs = cutAt === null ? this.expected.shift()! : this.expected[0] ?? this.cut;
      expect(bytes).toEqual(outputs.map((x, i) => (cutAt === null || i < cutAt ? x : 0)));
      if (cutAt === null) this.heads++;
      this.seen++;
    }
    const before = host.ends;
    const told = host.read("HEADS_DONE");
    expect(told >= before && told <= host.ends).toBe(true);
  }

  private until(flag: keyof typeof status, value: 0 | 1): void {
    for (let polls = 0; Number((this.host.read("STATUS") & status[flag]) !== 0) !== value; polls++) if (polls > 20_000) throw new Error(`${flag} for ever`);
    this.settle();
  }
}

/** Runs a session. @returns how many heads came to their end. @throws where anything is not as it has to be. */
export function runSession(seed: number): number {
  return new Session(seed).run().heads;
}
