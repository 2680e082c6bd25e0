/** A master for AXI4-Lite ports of a simulated design. */

import type { Simulator } from "../../sim/engines/builtin";

export interface Transfer {
  readonly kind: "write" | "read";
  readonly address: number;
  readonly data: bigint;
  readonly strobes: number;
}

/** An AXI4-Lite master: channels are offered and answers taken when `pauses` has it, each channel by a bit. */
export class AxiMaster {
  readonly pulses: string[] = [];
  cycles = 0;
  /** @param prefix of the ports. @param clock one cycle of everything else, by default of nothing. */
  constructor(
    readonly sim: Simulator, private readonly pulseNames: readonly string[], private readonly pauses: () => number,
    private readonly prefix = "axil_", private readonly clock = (): void => sim.step(),
  ) {}

  private set(ports: Readonly<Record<string, bigint>>): void {
    for (const [name, value] of Object.entries(ports)) this.sim.poke(this.prefix + name, value);
  }

  private get(name: string): bigint {
    return this.sim.peek(this.prefix + name);
  }

  /** One clock cycle. */
  step(): void {
    for (const name of this.pulseNames) if (this.sim.peek(`pulse_${name}`) === 1n) this.pulses.push(name);
    this.clock();
    this.cycles++;
  }

  write({ address, data, strobes }: Omit<Transfer, "kind">): bigint {
    const sent = { aw: false, w: false };
    const offered = { aw: false, w: false };
    for (let waited = 0; waited < 200; waited++) {
      const pause = this.pauses();
      offered.aw = !sent.aw && (offered.aw || (pause & 1) === 0);
      offered.w = !sent.w && (offered.w || (pause & 2) === 0);
      const ready = (pause & 4) === 0;
      this.set({
        awvalid: offered.aw ? 1n : 0n, awaddr: offered.aw ? BigInt(address) : 0xfffn, wvalid: offered.w ? 1n : 0n,
        wdata: offered.w ? data : 0xdeadbeefn, wstrb: offered.w ? BigInt(strobes) : 15n, bready: ready ? 1n : 0n,
      });
      const [awready, wready, bvalid, bresp] = [this.get("awready"), this.get("wready"), this.get("bvalid"), this.get("bresp")];
      if (bvalid === 1n) expect(sent).toEqual({ aw: true, w: true });
      this.step();
      if (offered.aw && awready === 1n) sent.aw = true;
      if (offered.w && wready === 1n) sent.w = true;
      if (bvalid === 1n && ready) return bresp;
      if (bvalid === 1n) expect([this.get("bvalid"), this.get("bresp")]).toEqual([1n, bresp]);
    }
    throw new Error("a write hangs");
  }

  read(address: number): { readonly response: bigint; readonly data: bigint } {
    let [sent, offered] = [false, false];
    for (let waited = 0; waited < 200; waited++) {
      const pause = this.pauses();
      offered = !sent && (offered || (pause & 1) === 0);
      const ready = (pause & 2) === 0;
      this.set({ arvalid: offered ? 1n : 0n, araddr: offered ? BigInt(address) : 0xfffn, rready: ready ? 1n : 0n });
      const [arready, rvalid, rdata, rresp] = [this.get("arready"), this.get("rvalid"), this.get("rdata"), this.get("rresp")];
      if (rvalid === 1n) expect(sent).toBe(true);
      this.step();
      if (offered && arready === 1n) sent = true;
      if (rvalid === 1n && ready) return { response: rresp, data: rdata };
      if (rvalid === 1n) expect([this.get("rvalid"), this.get("rdata")]).toEqual([1n, rdata]);
    }
    throw new Error("a read hangs");
  }
}
