/** Starts a head when its registers are in order. */

import { Bool, concat, drive, type Hardware, literal, mux, type Stream, UInt, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { any } from "../lib/sums";
import { attentionFields } from "./attention";
import { codeBits, HeadCheck, headRegisterFields } from "./head-check";
import { offsetBits } from "./head-control";
import { scaleBits, shiftBits } from "./probability";
import type { RegisterMapParameters } from "./register-map";
import { fieldTypes } from "./registers";
import { rowBits } from "./speculation-format";

/** What a stream is told of its next packet. */
export const packetRows = { rows: UInt(rowBits) };
const packetNames = ["keys", "values", "queries", "outputs"] as const;

/**
 * On `start`, checks the registers and either refuses, with a code, or tells the core of the head and each stream of the
 * rows of its packet. These words are copies: the registers may be written for the next head at once. It may be started when
 * all words have been taken, that is when the head before is at its outputs, which it waits for, too.
 */
export class HeadStart extends LibraryModule<RegisterMapParameters> {
  private readonly word = attentionFields(this.params);
  readonly start = this.input(Bool());
  /** A soft reset has not come to its end. */
  readonly flushing = this.input(Bool());
  /** Forget the head, and which keys are loaded; there is no start in this cycle. */
  readonly clear = this.input(Bool());
  readonly written = this.input(fieldTypes(headRegisterFields(this.params)));
  /** Without `load`, `keys` is 0. */
  readonly head = this.outputStream(this.word);
  readonly packets = {
    keys: this.outputStream(packetRows), values: this.outputStream(packetRows),
    queries: this.outputStream(packetRows), outputs: this.outputStream(packetRows),
  };
  /** A head is accepted. */
  readonly started = this.output(Bool());
  /** A word has not been taken. */
  readonly waits = this.output(Bool());
  readonly refused = this.output(Bool());
  readonly code = this.output(UInt(codeBits));

  override get doc(): string {
    return "Checks the registers of a head and starts it.";
  }

  build(): void {
    const loaded = this.reg(this.word.keys, { reset: 0n });
    const accepted = this.check(loaded);
    const held = this.reg(this.word, { reset: "none", enable: accepted });
    drive(held, this.asWord());
    when(accepted.and(this.written["load"]!.asBool()), () => loaded.set(this.written["keys"]!.trunc(loaded.width)));
    when(this.clear, () => loaded.set(0n));
    this.started.set(accepted);

    const streams: readonly Pick<Stream, "valid" | "ready">[] = [this.head, ...packetNames.map((name) => this.packets[name])];
    const waiting = streams.map(() => this.reg(Bool(), { reset: 0n }));
    streams.forEach(({ valid, ready }, i) => {
      valid.set(waiting[i]!);
      when(ready, () => waiting[i]!.set(0n));
      when(accepted, () => waiting[i]!.set(1n));
      when(this.clear, () => waiting[i]!.set(0n));
    });
    drive(this.head.payload, held);
    for (const name of packetNames) this.packets[name].payload.rows.set(name === "keys" || name === "values" ? held.keys.zext(rowBits) : held.rows);
    this.waits.set(any(waiting));
  }

  /** Whether a head starts. */
  private check(loaded: UInt): Bool {
    const check = this.instance(HeadCheck, this.params);
    for (const name of Object.keys(check.written)) (check.written as Readonly<Record<string, UInt>>)[name]!.set(this.written[name]!);
    check.busy.set(this.flushing.or(this.waits));
    check.loaded.set(loaded.zext(32));
    const start = this.start.and(this.clear.not());
    this.refused.set(start.and(check.fault));
    this.code.set(check.code);
    return start.and(check.fault.not());
  }

  /** The registers, whose values are in their ranges where this is used. */
  private asWord(): Hardware<ReturnType<typeof attentionFields>> {
    const field = (name: string): UInt => this.written[name]!;
    const load = field("load").asBool();
    const keys = field("keys").trunc(this.word.keys.width);
    return {
      keys: mux(load, keys, literal(this.word.keys, 0n)), rows: field("rows").trunc(rowBits), nValid: field("n_valid").trunc(this.word.nValid.width),
      causal: field("causal").asBool(), offset: field("offset").asSInt().trunc(offsetBits), blend: field("blend").asBool(),
      rho: this.word.rho.map((type, r) => concat(field(`rho_${r}_hi`), field(`rho_${r}_lo`)).asUInt().trunc(type.width)),
      guard: this.word.guard.map((type, r) => field(`guard_${r}`).trunc(type.width)),
      weight: this.word.weight.map((type, r) => field(`weight_${r}`).asSInt().trunc(type.width)),
      scale: field("scale").trunc(scaleBits), shift: field("shift").trunc(shiftBits), dense: field("dense").asBool(),
    };
  }
}
