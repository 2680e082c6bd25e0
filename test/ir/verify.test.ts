import { type Circuit, elaborate, type LogicModule, type MemoryModule } from "lapa";
import { MacArray } from "../../generator/rivals/mac-array";
import { verify } from "../../generator/ir/verify";
import { Fifo } from "../../examples/4-fifo";

const good = elaborate(Fifo, Fifo.defaults);

/** The circuit with its top changed. */
function broken(change: (top: { -readonly [K in keyof LogicModule]: LogicModule[K] }) => void): Circuit {
  const copy = JSON.parse(JSON.stringify(good)) as Circuit;
  change(copy.modules.at(-1) as LogicModule);
  return copy;
}

const bad = { kind: "lit", value: "0x4", width: 2, signed: false } as const;

test("a good circuit passes, as JSON too", () => {
  verify(good);
  verify(JSON.parse(JSON.stringify(good)) as Circuit);
});

test.each<[string, RegExp, (top: { -readonly [K in keyof LogicModule]: LogicModule[K] }) => void]>([
  ["a name twice", /head is illegal or taken/, (m) => (m.signals = [...m.signals, m.signals.find((s) => s.name === "head")!])],
  ["a name that is a clock's", /clk is illegal/, (m) => (m.signals = [...m.signals, { ...m.signals[0]!, name: "clk" }])],
  ["an unknown reference", /ill-typed: ref nobody/, (m) => (m.body = [...m.body, { kind: "assign", target: "head", lo: 0, value: { kind: "ref", name: "nobody", width: 4, signed: false }, loc: null }])],
  ["a reference of another width", /ill-typed: ref tail/, (m) => (m.body = [...m.body, { kind: "assign", target: "head", lo: 0, value: { kind: "ref", name: "tail", width: 3, signed: false }, loc: null }])],
  ["a literal too big for its width", /ill-typed: lit/, (m) => (m.body = [...m.body, { kind: "assign", target: "head", lo: 0, value: bad, loc: null }])],
  ["bits past the end", /do not hold/, (m) => (m.body = [...m.body, { kind: "assign", target: "head", lo: 3, value: { ...bad, value: "0x3" }, loc: null }])],
  ["an input that is assigned", /in_data is assigned/, (m) => (m.body = [...m.body, { kind: "assign", target: "in_data", lo: 0, value: { ...bad, value: "0x3" }, loc: null }])],
  ["a condition of two bits", /not one unsigned bit/, (m) => (m.body = [...m.body, { kind: "if", cond: { ...bad, value: "0x3" }, then: [], else: [], loc: null }])],
  ["an instance without a connection", /every port once/, (m) => (m.instances = m.instances.map((i) => ({ ...i, inputs: i.inputs.slice(1) })))],
  ["an output that is connected twice", /every port once/, (m) => (m.instances = m.instances.map((i) => ({ ...i, outputs: [...i.outputs, ...i.outputs] })))],
  ["an instance that drives a register", /no free wire/, (m) => (m.instances = m.instances.map((i) => ({ ...i, outputs: i.outputs.map((o) => ({ ...o, signal: "head" })) })))],
  ["a width of no bits", /has the width 0/, (m) => (m.signals = m.signals.map((s) => ({ ...s, width: 0 })))],
  ["a wire with a reset value", /reset value of/, (m) => (m.signals = m.signals.map((s) => ({ ...s, reset: s.kind === "wire" ? "0x0" : s.reset })))],
  ["a reset value written otherwise", /reset value of/, (m) => (m.signals = m.signals.map((s) => ({ ...s, reset: s.reset && "0x00" })))],
  ["a wire that an instance drives and a statement assigns", /words_rd_data is assigned/, (m) => (m.body = [...m.body, { kind: "assign", target: "words_rd_data", lo: 0, value: { ...bad, value: "0x3" }, loc: null }])],
  ["state that is denied", /clocked/, (m) => (m.clocked = false)],
  ["a reset that is denied", /resettable/, (m) => (m.resettable = false)],
  ["a stream without its port", /stream in/, (m) => (m.streams = m.streams.map((s) => ({ ...s, ready: "elsewhere" })))],
  ["an output before an input", /an input comes after/, (m) => (m.ports = m.ports.toReversed())],
])("%s", (_, message, change) => expect(() => verify(broken(change))).toThrow(message));

test("a module that stays is looked at again when a child has other ports", () => {
  const array = elaborate(MacArray, { rows: 2, columns: 2, operandBits: 4, accumulatorBits: 8 });
  const [pe, top] = array.modules as [LogicModule, LogicModule];
  verify({ ...array, modules: [{ ...pe, signals: [...pe.signals] }, top] }, "a pass", array);
  const extra = { ...pe.ports[0]!, name: "extra" };
  expect(() => verify({ ...array, modules: [{ ...pe, ports: [extra, ...pe.ports] }, top] }, "a pass", array)).toThrow(/^a pass broke .* does not connect every port once$/);
  const [memory, fifo] = good.modules as [MemoryModule, LogicModule];
  expect(() => verify({ ...good, modules: [{ ...memory, depth: 2 * memory.depth }, fifo] }, "a pass", good)).toThrow(/connects wr_addr with another width/);
});

test("the top comes last", () => expect(() => verify({ ...good, modules: good.modules.toReversed() })).toThrow(/does not come before/));
