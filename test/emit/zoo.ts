/** Circuits of every kind, every bit of which is used: linters may find nothing in their Verilog. */

import type { BinaryOp, Circuit, Expr, MemoryModule, Ref, ResetKind, Stmt } from "../../generator/ir/types";
import { memoryPorts } from "../../generator/ir/memory-ports";
import { assign, bin, cast, cat, choose, circuit, extend, lit, logic, mux, not, reduce, ref, select, slice, when } from "./build";

/** Every operator at one width and sign, alone and inside others. */
function operators(width: number, signed: boolean): Circuit {
  const [a, b] = [ref("a", width, signed), ref("b", width, signed)];
  const [n, wide, s, i] = [ref("n", 3), ref("wide", 40), ref("s", 1), ref("i", 2)];
  const sum = bin("add", a, b);
  const product = bin("mul", a, b);
  const outputs: Expr[] = [
    ...(["add", "sub", "and", "or", "xor", "mul", "eq", "ne", "lt", "le", "gt", "ge"] as BinaryOp[]).map((op) => bin(op, a, b)),
    ...(["redand", "redor", "redxor"] as const).map((op) => reduce(op, a)),
    not(a), bin("shl", a, n), bin("shr", a, n), bin("shr", a, wide), bin("shl", a, lit(1, 2)),
    mux(s, a, b), cat(a, b, s), cast(a, !signed), extend(a, width + 1), extend(a, width + 7), extend(sum, width + 3),
    slice(sum, width - 1, width >> 1), ...(width > 1 ? [slice(sum, (width >> 1) - 1, 0)] : []),
    bin("sub", bin("add", product, product), product), bin("lt", product, bin("xor", product, extend(a, 2 * width))),
    bin("mul", sum, not(b)), bin("add", bin("shr", a, n), b), cast(bin("shr", cast(a, !signed), n), signed),
    select(s, a, b), select(i, a, b, sum), select(i, a, b, sum, not(a)), bin("add", select(i, a, b, product.a, sum), b),
    select(n, ...Array.from({ length: 8 }, (_, k) => slice(ref("octet", 8), k))),
    bin("lt", cast(a, !signed), cast(b, !signed)), bin("mul", cast(a, !signed), cast(b, !signed)),
    bin("sub", a, lit(1, width, signed)), bin("eq", a, lit((1n << BigInt(width)) - 1n, width, signed)),
  ];
  const name = `operators_${width}${signed ? "s" : ""}`;
  const type = `${signed ? "s" : ""}${width}`;
  return circuit([logic(name, {
    ports: [`input a ${type}`, `input b ${type}`, "input n 3", "input wide 40", "input s 1", "input i 2", "input octet 8", ...outputs.map((y, k) => `output y${k} ${y.signed ? "s" : ""}${y.width}`)],
    body: outputs.map((y, k) => assign(`y${k}`, y)),
  })]);
}

export const memoryModule = (name: string, width: number, depth: number, laneWidth = width, blackBox = false): MemoryModule =>
  ({ kind: "memory", name, width, depth, laneWidth, blackBox, doc: `A memory of ${depth} words.`, parameters: { width, depth }, loc: null });

/** A parent that passes its own ports to a memory. */
export function memory(width: number, depth: number, laneWidth = width, blackBox = false): Circuit {
  const child = memoryModule(`memory_${depth}x${width}_${laneWidth}${blackBox ? "_macro" : ""}`, width, depth, laneWidth, blackBox);
  const ports = memoryPorts(child);
  const inputs = ports.filter((p) => p.direction === "input").map((p) => ({ port: p.name, value: ref(p.name, p.width) }));
  const parent = logic(`uses_${child.name}`, {
    clocked: true, ports: ports.map((p) => `${p.direction} ${p.name} ${p.width}`), signals: [`wire word ${width}`],
    instances: [{ name: "u_memory", module: child.name, inputs, outputs: [{ port: "rd_data", signal: "word" }], loc: null }],
    body: [assign("rd_data", ref("word", width))],
  });
  return circuit([child, parent]);
}

/** A state machine with named states, a counter under its control, a result held, and a register without reset. */
export function machine(reset: ResetKind): Circuit {
  const state = ref("state", 2);
  const [idle, run, done] = (["idle", "run", "done"] as const).map((label, value) => lit(value, 2, false, `state_${label}`)) as [Lit2, Lit2, Lit2];
  const count = ref("count", 4);
  const last = bin("eq", count, ref("length", 4));
  const body: Stmt[] = [
    assign("busy", lit(1, 1)), assign("strobe", lit(0, 1)),
    choose(state, [
      [[idle], [assign("busy", lit(0, 1)), when(ref("start", 1), [assign("state", run), assign("count", lit(0, 4))])]],
      [[run], [
        assign("count", bin("add", count, lit(1, 4))), assign("sum", bin("add", ref("sum", 16, true), extend(ref("x", 8, true), 16))),
        when(last, [assign("state", done), assign("strobe", lit(1, 1))]),
      ]],
      [[done], [assign("state", idle)]],
    ], [assign("state", idle)]),
    when(ref("clear", 1), [assign("sum", lit(-1, 16, true))]),
    assign("delayed", ref("x", 8, true)),
    assign("total", ref("sum", 16, true)), assign("late", ref("delayed", 8, true)),
    assign("waiting", bin("eq", state, idle)),
  ];
  return circuit([logic(`machine_${reset.replace("-", "_")}`, {
    doc: "Adds `length` + 1 numbers.",
    ports: ["input start 1", "input clear 1", "input length 4", "input x s8", "output busy 1", "output strobe 1", "output waiting 1", "output total s16", "output late s8"],
    signals: ["reg state 2 = 0", "reg count 4 = 0", "reg sum s16 = 0", "reg delayed s8"], body,
  })], reset);
}
type Lit2 = Parameters<typeof choose>[1][number][0][number];

/** Registers and outputs assigned in parts, overwritten, and by constants alone. */
export function parts(): Circuit {
  const [x, en] = [ref("x", 8), ref("en", 1)];
  return circuit([logic("parts", {
    ports: ["input x 8", "input en 1", "output halves 8", "output layered 8", "output flags 3", "output held 8", "output fixed 4", "output one 1"],
    signals: ["reg q 8 = 0x5a", "reg never 3 = 5"],
    body: [
      assign("halves", slice(x, 7, 4)), assign("halves", slice(x, 3, 0), 4),
      assign("layered", x), assign("layered", lit(5, 3), 2), assign("layered", en, 3),
      assign("flags", lit(0, 3)), when(en, [assign("flags", lit(1, 1), 1), when(slice(x, 0), [], [assign("flags", lit(3, 2), 0)])]),
      when(en, [assign("q", slice(x, 3, 0), 4)], [assign("q", slice(x, 0), 7)]),
      assign("held", bin("xor", ref("q", 8), extend(ref("never", 3), 8))),
      assign("fixed", lit(0, 4)), when(lit(1, 1), [assign("fixed", lit(9, 4))]), assign("one", lit(1, 1)),
    ],
  })]);
}

/** Vectors whose bits depend on each other, under a condition, through another signal and through another vector. */
export function ripples(): Circuit {
  const [x, en, all, carry] = [ref("x", 8), ref("en", 1), ref("all", 8), ref("carry", 9)];
  const chain = (i: number): Stmt => assign("all", bin("and", slice(x, i), slice(all, i - 1)), i);
  return circuit([logic("ripples", {
    ports: ["input x 8", "input en 1", "output all 8", "output sum 8", "output last 1"], signals: ["wire carry 9", "wire first s1", "wire low 3"],
    body: [
      assign("all", lit(0, 8)), when(en, [1, 2, 3, 4, 5, 6, 7].map(chain), [assign("all", x)]), assign("all", slice(x, 0), 0),
      assign("carry", cast(ref("first", 1, true), false), 1), ...[2, 3, 4, 5, 6, 7, 8].map((i) => assign("carry", bin("and", slice(x, i - 1), slice(carry, i - 1)), i)),
      assign("carry", en, 0), assign("low", slice(carry, 4, 2)),
      assign("first", cast(bin("and", slice(x, 0), slice(carry, 0)), true)), assign("sum", bin("xor", x, slice(carry, 7, 0))),
      assign("last", bin("xor", slice(carry, 8), reduce("redxor", ref("low", 3)))),
    ],
  })]);
}

/** Everything longer than a line. */
export function long(): Circuit {
  const inputs = Array.from({ length: 24 }, (_, i) => ref(`operand_number_${i}`, 12));
  const at = (i: number): Ref => inputs[i % inputs.length]!;
  const all = (op: BinaryOp, count: number, of: (i: number) => Expr): Expr => Array.from({ length: count }, (_, i) => of(i)).reduce((x, y) => bin(op, x, y));
  const choice = Array.from({ length: 12 }, (_, i) => i).reduceRight<Expr>((rest, i) => mux(bin("eq", at(i), at(i + 1)), at(i + 2), rest), at(0));
  const condition = all("and", 9, (i) => bin("ne", at(i), at(i + 1)));
  const tree = (depth: number, i: number): Expr => (depth === 0 ? at(i) : bin(depth % 2 ? "add" : "xor", tree(depth - 1, 2 * i), tree(depth - 1, 2 * i + 1)));
  return circuit([logic("long", {
    ports: [...inputs.map((s) => `input ${s.name} 12`), "output sum 12", "output any 1", "output chosen 12", "output joined 288", "output deep 12", "output nested 12", "output guarded 12", "output squares 8", "output all 1"],
    body: [
      assign("sum", all("add", 24, at)), assign("any", all("or", 24, (i) => reduce("redor", at(i)))), assign("chosen", choice),
      assign("joined", cat(...inputs)), assign("deep", tree(6, 0)), assign("nested", bin("sub", not(all("and", 24, at)), choice)),
      assign("all", reduce("redand", cat(...inputs))),
      assign("guarded", at(0)), when(condition, [assign("guarded", at(1))]),
      assign("squares", select(slice(at(0), 4, 0), ...Array.from({ length: 32 }, (_, i) => lit((i * i) & 255, 8)))),
    ],
  })]);
}

/** Two levels of instances, connected by names, constants, bits and expressions. */
export function family(): Circuit {
  const stage = logic("stage", {
    doc: "Multiplies, adds and holds.",
    ports: ["input en 1", "input a s8", "input b s8", "input add s17", "output q s17"], signals: ["reg acc s17 = 0"],
    body: [when(ref("en", 1), [assign("acc", bin("add", extend(bin("mul", ref("a", 8, true), ref("b", 8, true)), 17), ref("add", 17, true)))]), assign("q", ref("acc", 17, true))],
  });
  const x = ref("x", 16);
  const low = cast(slice(x, 7, 0), true);
  const instance = (k: number, a: Expr, add: Expr) => ({
    name: `u_stage_${k}`, module: "stage", loc: null, outputs: [{ port: "q", signal: `stage_${k}_q` }],
    inputs: [{ port: "en", value: k === 0 ? ref("en", 1) : lit(1, 1) }, { port: "a", value: a }, { port: "b", value: cast(slice(x, 15, 8), true) }, { port: "add", value: add }],
  });
  const parent = logic("family", {
    clocked: true, resettable: true, ports: ["input en 1", "input x 16", "output y s17"], signals: ["wire stage_0_q s17", "wire stage_1_q s17"],
    instances: [instance(0, low, lit(-3, 17, true)), instance(1, bin("shr", low, lit(1, 2)), ref("stage_0_q", 17, true))],
    body: [assign("y", ref("stage_1_q", 17, true))],
  });
  return circuit([stage, parent]);
}

export function zoo(): Circuit[] {
  const widths = [1, 2, 31, 32, 33, 65, 130];
  const resets: ResetKind[] = ["sync-high", "sync-low", "async-high", "async-low"];
  return [
    ...widths.flatMap((w) => [operators(w, false), operators(w, true)]),
    memory(16, 8), memory(16, 5, 4), memory(1, 2), memory(9, 1), memory(130, 33, 65), memory(8, 1, 1),
    ...resets.map(machine), parts(), ripples(), long(), family(),
  ];
}
