import { elaborate, Module, runPasses, UInt } from "lapa";
import { Simulator } from "../../sim/engines/builtin";

type None = Record<string, never>;

class Inverter extends Module<None> {
  readonly a = this.input(UInt(4));
  readonly y = this.output(UInt(4));
  build(): void {
    this.y.set(this.a.not());
  }
}

/** Two outputs fed by one instance, the second through the first. */
class Echo extends Module<None> {
  readonly a = this.input(UInt(4));
  readonly first = this.output(UInt(4));
  readonly second = this.output(UInt(4));
  build(): void {
    const inverter = this.instance(Inverter, {});
    inverter.a.set(this.a);
    this.first.set(inverter.y);
    this.second.set(this.first);
  }
}

test("an output that another output repeats stays connected, however often the pass runs", () => {
  const sim = new Simulator(runPasses(elaborate(Echo, {})).circuit);
  sim.poke("a", 5n);
  expect([sim.peek("first"), sim.peek("second")]).toEqual([10n, 10n]);
});
