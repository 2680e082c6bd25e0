import { Bits, Bool, concat, type Hardware, literal, mux, type Signal, UInt, when } from "lapa";
import { LibraryModule } from "./library-module";

/** The ports of AXI4-Lite as a slave of 32 bits has them, by direction. */
export function axiLiteSlavePorts(addressBits: number) {
  return {
    in: {
      awaddr: UInt(addressBits), awvalid: Bool(), wdata: Bits(32), wstrb: Bits(4), wvalid: Bool(), bready: Bool(),
      araddr: UInt(addressBits), arvalid: Bool(), rready: Bool(),
    },
    out: { awready: Bool(), wready: Bool(), bresp: Bits(2), bvalid: Bool(), arready: Bool(), rdata: Bits(32), rresp: Bits(2), rvalid: Bool() },
  };
}

type SlavePorts = ReturnType<typeof axiLiteSlavePorts>;
/** The signals of such ports. */
export type AxiLite = Hardware<SlavePorts["in"] & SlavePorts["out"]>;

/** Joins a child's slave ports to those of the module around it, or to a master's. */
export function passAxiLite(from: AxiLite, slave: AxiLite, ports: SlavePorts): void {
  for (const name of Object.keys(ports.in) as (keyof SlavePorts["in"])[]) (slave[name] as Signal).set(from[name]);
  for (const name of Object.keys(ports.out) as (keyof SlavePorts["out"])[]) (from[name] as Signal).set(slave[name]);
}

export const okay = 0n;
export const slaveError = 2n;

/**
 * AXI4-Lite on one side, words on the other. Address and data of a write come in any order; every access is answered, one
 * write and one read at a time, and no output depends on an input within a cycle. The two lowest bits of an address are
 * ignored, as every access is a word.
 */
export class AxiLiteSlave extends LibraryModule<{ addressBits: number }> {
  private readonly ports = axiLiteSlavePorts(this.params.addressBits);
  private readonly word = UInt(this.params.addressBits - 2);
  readonly axil = { ...this.input(this.ports.in), ...this.output(this.ports.out) };
  /** A write, in one cycle: of which word, what, and to which of its bits. */
  readonly write = this.output(Bool());
  readonly writeWord = this.output(this.word);
  readonly writeData = this.output(Bits(32));
  readonly writeMask = this.output(Bits(32));
  /** Whether there is such a word; otherwise the answer is SLVERR. */
  readonly writeExists = this.input(Bool());
  readonly readWord = this.output(this.word);
  /** What the word holds now, and whether there is one. */
  readonly readData = this.input(Bits(32));
  readonly readExists = this.input(Bool());

  override get doc(): string {
    return "AXI4-Lite slave: one write and one read at a time.";
  }

  build(): void {
    this.writes();
    this.reads();
  }

  private writes(): void {
    const { awaddr, awvalid, awready, wdata, wstrb, wvalid, wready, bresp, bvalid, bready } = this.axil;
    const hasAddress = this.reg(Bool(), { reset: 0n });
    const hasData = this.reg(Bool(), { reset: 0n });
    const answers = this.reg(Bool(), { reset: 0n });
    const address = this.reg(this.word, { reset: "none", enable: awvalid.and(hasAddress.not()) });
    const data = this.reg({ data: Bits(32), strobes: Bits(4) }, { reset: "none", enable: wvalid.and(hasData.not()) });
    const response = this.reg(Bits(2), { reset: "none" });
    const write = hasAddress.and(hasData).and(answers.not());
    address.set(awaddr.bits(awaddr.width - 1, 2).asUInt());
    data.data.set(wdata);
    data.strobes.set(wstrb);
    when(awvalid, () => hasAddress.set(1n));
    when(wvalid, () => hasData.set(1n));
    when(bready, () => answers.set(0n));
    when(write, () => {
      hasAddress.set(0n);
      hasData.set(0n);
      answers.set(1n);
      response.set(responseOf(this.writeExists));
    });
    awready.set(hasAddress.not());
    wready.set(hasData.not());
    bvalid.set(answers);
    bresp.set(response);
    this.write.set(write);
    this.writeWord.set(address);
    this.writeData.set(data.data);
    const strobe = (i: number): Bits => data.strobes.bit(i).repeat(8);
    this.writeMask.set(concat(strobe(3), strobe(2), strobe(1), strobe(0)));
  }

  private reads(): void {
    const { araddr, arvalid, arready, rdata, rresp, rvalid, rready } = this.axil;
    const answers = this.reg(Bool(), { reset: 0n });
    const answer = this.reg({ data: Bits(32), response: Bits(2) }, { reset: "none", enable: arvalid.and(answers.not()) });
    when(answers, () => when(rready, () => answers.set(0n))).elsewhen(arvalid, () => answers.set(1n));
    this.readWord.set(araddr.bits(araddr.width - 1, 2).asUInt());
    answer.data.set(this.readData);
    answer.response.set(responseOf(this.readExists));
    arready.set(answers.not());
    rvalid.set(answers);
    rdata.set(answer.data);
    rresp.set(answer.response);
  }
}

function responseOf(exists: Bool): Bits {
  return mux(exists, literal(Bits(2), okay), literal(Bits(2), slaveError));
}
