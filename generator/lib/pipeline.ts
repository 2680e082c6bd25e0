import { Bool, Vec, when } from "lapa";
import { LibraryModule } from "./library-module";

/**
 * The control of an elastic pipeline: for each of its stages, when the stage takes a word. A stage takes one when it is
 * empty or when its own word leaves in the same cycle, so bubbles close while the output waits, no cycle is lost when it
 * stops waiting, and a word stays until it is taken. The price is that `ready` runs through all stages within a cycle,
 * two gates each, which for the few stages of a datapath is cheaper than a second register of the data in each (a skid
 * buffer).
 */
export class PipelineControl extends LibraryModule<{ stages: number }> {
  readonly in = this.inputStream({});
  readonly out = this.outputStream({});
  /** Enables the data registers of each stage. */
  readonly advance = this.output(Vec(this.params.stages, Bool()));

  override get doc(): string {
    return "Control of an elastic pipeline: advance[i] loads the data registers of stage i.";
  }

  override get latency(): number {
    return this.params.stages;
  }

  build(): void {
    const full = this.reg(Vec(this.params.stages, Bool()), { reset: 0n });
    // From the last stage back: a stage can take a word when it is empty or the next one takes its word.
    let ready = this.out.ready;
    for (let stage = this.params.stages - 1; stage >= 0; stage--) {
      const offered = stage === 0 ? this.in.valid : full[stage - 1]!;
      const free = full[stage]!.not().or(ready);
      when(free, () => full[stage]!.set(offered));
      this.advance[stage]!.set(offered.and(free));
      ready = free;
    }
    this.in.ready.set(ready);
    this.out.valid.set(full.at(-1)!);
  }
}
