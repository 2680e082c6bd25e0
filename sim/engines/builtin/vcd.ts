/** Value change dumps (IEEE 1364-2005, clause 18): the whole hierarchy, without date, so that equal runs give equal bytes. */

import type { Module, ResetKind } from "../../../generator/ir/types";
import type { FlatDesign, Instance, Net } from "./flatten";
import { limbCount, readPattern } from "./limbs";
import { portsOf } from "./logic";

/** Takes the text piece by piece, such as a stream or a function that appends to a file. */
export interface TextSink {
  write(text: string): unknown;
}

/** Characters gathered before they go to the sink. */
const bufferSize = 1 << 16;

export class VcdWriter {
  private readonly codes = new Map<Net, string>();
  private readonly traced: readonly { readonly net: Net; readonly code: string }[];
  /** Null when no module has such a port. */
  private clockCode: string | null = null;
  private resetCode: string | null = null;
  private readonly previous: Int32Array;
  private buffer: string[] = [];
  private buffered = 0;
  private used = 0;
  private reset: boolean | null = null;
  private started = false;

  /** Writes the header. `state` is read at each sample. */
  constructor(private readonly sink: TextSink, topName: string, private readonly kind: ResetKind, design: FlatDesign, private readonly state: Int32Array) {
    this.previous = new Int32Array(state.length);
    this.put("$version lapa built-in engine $end\n$timescale 1ns $end\n");
    this.scope(topName, design.top);
    this.put("$enddefinitions $end\n");
    this.traced = [...this.codes].map(([net, name]) => ({ net, code: name }));
  }

  /**
   * What the nets hold from `time` on.
   * @param rises whether the clock rises at `time`, to fall one unit later
   * @param reset level of the reset port
   */
  sample(time: number, rises: boolean, reset: boolean): void {
    this.put(`#${time}\n`);
    if (!this.started) this.put("$dumpvars\n");
    if (this.clockCode !== null && (rises || !this.started)) this.put(`${Number(rises)}${this.clockCode}\n`);
    if (this.resetCode !== null && reset !== this.reset) this.put(`${Number(reset)}${this.resetCode}\n`);
    for (const { net, code: name } of this.traced) {
      if (!this.started || this.changed(net)) this.put(this.change(net, name));
    }
    if (!this.started) this.put("$end\n");
    if (this.clockCode !== null && rises) this.put(`#${time + 1}\n0${this.clockCode}\n`);
    this.previous.set(this.state);
    this.reset = reset;
    this.started = true;
  }

  flush(): void {
    if (this.buffer.length > 0) this.sink.write(this.buffer.join(""));
    this.buffer = [];
    this.buffered = 0;
  }

  private put(text: string): void {
    this.buffer.push(text);
    this.buffered += text.length;
    if (this.buffered > bufferSize) this.flush();
  }

  private scope(name: string, instance: Instance): void {
    this.put(`$scope module ${name} $end\n`);
    const module: Module = instance.kind === "logic" ? instance.logic.module : instance.memory;
    if (module.kind === "memory" || module.clocked) this.put(`$var wire 1 ${(this.clockCode ??= this.newCode())} clk $end\n`);
    if (module.kind === "logic" && module.resettable) {
      this.put(`$var wire 1 ${(this.resetCode ??= this.newCode())} ${resetPort(this.kind)} $end\n`);
    }
    const own = module.kind === "logic" ? [...module.ports, ...module.signals] : portsOf(module);
    own.forEach(({ name: signal, width, ...rest }, i) => {
      const type = "kind" in rest && rest.kind === "reg" ? "reg" : "wire";
      const range = width === 1 ? "" : ` [${width - 1}:0]`;
      this.put(`$var ${type} ${width} ${this.codeOf(instance.nets[i]!)} ${signal}${range} $end\n`);
    });
    if (instance.kind === "logic") for (const [child, below] of instance.children) this.scope(child, below);
    this.put("$upscope $end\n");
  }

  private codeOf(net: Net): string {
    let name = this.codes.get(net);
    if (name === undefined) this.codes.set(net, (name = this.newCode()));
    return name;
  }

  /** Identifier codes are numbers in base 94, written with the characters `!` to `~`. */
  private newCode(): string {
    let text = "";
    let rest = this.used++;
    do {
      text += String.fromCharCode(33 + (rest % 94));
      rest = Math.floor(rest / 94);
    } while (rest > 0);
    return text;
  }

  private changed(net: Net): boolean {
    for (let i = net.at; i < net.at + limbCount(net.width); i++) if (this.state[i] !== this.previous[i]) return true;
    return false;
  }

  private change(net: Net, name: string): string {
    const bits = readPattern(this.state, net.at, net).toString(2);
    return net.width === 1 ? `${bits}${name}\n` : `b${bits} ${name}\n`;
  }
}

/** `rst`, or `rst_n` when it is active low. */
export const resetPort = (kind: ResetKind): "rst" | "rst_n" => (kind.endsWith("-low") ? "rst_n" : "rst");
