/** A small circuit with something in it for every kind of fault. */

import type { Circuit } from "../../generator/ir/types";
import { printable } from "../../generator/passes/printable";
import { assign, bin, choose, circuit, extend, lit, logic, mux, ref, select, slice, when, reduce } from "../emit/build";

const [en, x, at, s] = [ref("en", 1), ref("x", 8), ref("at", 3), ref("s", 4, true)];
const [count, kept, state, halved] = [ref("count", 8), ref("kept", 8), ref("state", 2), ref("halved", 8)];

const half = logic("half", { ports: ["input a 8", "output b 8"], body: [assign("b", bin("shr", ref("a", 8), lit(1, 3)))] });

const dut = logic("dut", {
  ports: ["input en 1", "input x 8", "input at 3", "input s s4", "output y 8", "output entry 4", "output wide s8", "output full 1", "output bit 1"],
  signals: ["reg count 8 = 3", "reg kept 8", "reg state 2 = 0", "wire halved 8", "wire large 1"],
  instances: [{ name: "u_half", module: "half", inputs: [{ port: "a", value: x }], outputs: [{ port: "b", signal: "halved" }], loc: null }],
  body: [
    assign("large", bin("gt", x, lit(100, 8))),
    assign("y", mux(ref("large", 1), bin("add", count, halved), bin("xor", kept, x))),
    assign("wide", extend(s, 8)),
    assign("full", bin("and", bin("eq", count, lit(7, 8)), reduce("redor", slice(x, 6, 2)))),
    assign("bit", select(at, ...Array.from({ length: 8 }, (_, i) => slice(x, i)))),
    choose(slice(x, 1, 0), [[[lit(0, 2)], [assign("entry", lit(9, 4))]], [[lit(1, 2)], [assign("entry", lit(4, 4))]]], [assign("entry", lit(2, 4))]),
    when(en, [assign("count", bin("sub", count, lit(1, 8))), assign("kept", x)]),
    when(bin("ne", state, lit(3, 2)), [assign("state", bin("add", state, lit(1, 2)))], [assign("state", slice(x, 7, 6))]),
  ],
});

/** As it is printed. */
export const small: Circuit = printable(circuit([half, dut]));

/** A register that nobody sees while `show` is 0, and an input that is compared twice, once more than it takes. */
export const unseen: Circuit = printable(circuit([logic("dut", {
  ports: ["input load 1", "input x 4", "input first 1", "output y 4", "output most 1"],
  signals: ["reg stored 4 = 5", "reg show 1 = 0"],
  body: [
    assign("y", mux(ref("show", 1), ref("stored", 4), lit(0, 4))),
    assign("most", bin("and", ref("first", 1), bin("and", bin("gt", ref("x", 4), lit(14, 4)), bin("ne", ref("x", 4), lit(14, 4))))),
    when(ref("load", 1), [assign("show", lit(1, 1)), assign("stored", ref("x", 4))]),
  ],
})]));
