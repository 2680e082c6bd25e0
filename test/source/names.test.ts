import fc from "fast-check";
import { namesIn, run } from "./run-instrumented";

describe("bindings", () => {
  test("take the variable's name", () => {
    expect(namesIn("const a = hw(); let b = hw() as Signal; var c = new Signal()!; const d = (hw());")).toEqual(["a", "b", "c", "d"]);
  });

  test("name the parts of a value", () => {
    expect(namesIn("const pair = { lo: hw(), hi: hw() }; const all = [hw(), hw()];")).toEqual(["pair_lo", "pair_hi", "all_0", "all_1"]);
  });

  test("a signal keeps its first binding's name: later ones made nothing", () => {
    expect(namesIn("const a = hw(); const b = ((x) => x)(a); const c = a.add(b);")).toEqual(["a", "c"]);
  });

  test("destructuring names each part by its own name", () => {
    expect(namesIn("const { a, q: { b: [, c = hw()] }, ...rest } = { a: hw(), q: { b: [hw(), hw()] }, d: hw() };"))
      .toEqual(["a", "c", "rest_d"]);
    expect(namesIn("const x = hw(), [y, z] = [hw(), hw()];")).toEqual(["x", "y", "z"]);
  });

  test("a getter may make hardware too", () => {
    expect(namesIn("const maker = { get made() { return hw(); } }; const x = maker.made; const { made } = ((m) => m)(maker);"))
      .toEqual(["x", "made"]);
  });

  test("fields, private fields and assignments take the member's name", () => {
    const { names } = run(`
      class Base { constructor(readonly width: number) {} }
      class Unit extends Base {
        readonly count = hw();
        #hidden = hw();
        later: Signal;
        static shared = hw();
        constructor(private readonly depth: number) { super(depth); this.later = hw(); }
        build() { let x: Signal; x = hw(); return [this.#hidden, this.depth, this.width, x]; }
      }
      export default () => new Unit(3).build();`);
    expect(names).toEqual(["count", "hidden", "later", "x"]);
  });
});

describe("functions", () => {
  test("qualify what they make, unless a binding that calls them does", () => {
    expect(namesIn("function tree() { const sum = hw(); return sum.add(sum); } tree(); const top = tree();"))
      .toEqual(["tree_sum", "top_sum", "top"]);
  });

  test("arrows, methods and field arrows qualify; build, constructors and object methods do not", () => {
    const { names } = run(`
      const arrow = () => { const a = hw(); };
      const plain = { method() { const b = hw(); }, arrow: () => { const c = hw(); } };
      class Unit {
        field = () => { const d = hw(); };
        method() { const e = hw(); }
        get got() { const f = hw(); return f; }
        build() { arrow(); plain.method(); plain.arrow(); this.field(); this.method(); this.got.use(); const g = hw(); }
      }
      export default () => new Unit().build();`);
    expect(names).toEqual(["arrow_a", "b", "c", "field_d", "method_e", "f", "g"]);
  });

  test("nest, and end with return and throw", () => {
    expect(namesIn(`
      const inner = (stop: boolean) => { const x = hw(); if (stop) throw new Error("stop"); return x; };
      const outer = (stop: boolean) => { const y = hw(); inner(stop); };
      outer(false);
      try { const z = outer(true); } catch { const caught = hw(); }
      const after = hw();`)).toEqual(["outer_y", "outer_inner_x", "z_y", "z_inner_x", "caught", "after"]);
  });

  test("try ... finally restores the scope for the finally block", () => {
    expect(namesIn(`
      const fail = (): Signal => { throw new Error("stop"); };
      const go = () => { try { const x = fail(); } finally { const last = hw(); } };
      try { go(); } catch {}
      const after = hw();`)).toEqual(["go_last", "after"]);
  });

  test("async functions and generators are left alone", () => {
    expect(namesIn(`
      function* g() { const x = hw(); yield x; }
      const later = async () => { const y = hw(); };
      [...g()];
      void later();
      const z = hw();`)).toEqual(["z"]);
  });
});

describe("loops and callbacks", () => {
  test("number by the counter of a for loop, by the pass of others", () => {
    expect(namesIn("for (let i = 2; i < 4; i++) { const x = hw(); }")).toEqual(["x_2", "x_3"]);
    expect(namesIn("for (let i = 8n; i < 10n; i++) { const x = hw(); }")).toEqual(["x_8", "x_9"]);
    expect(namesIn("for (const s of ['p', 'q']) { const x = hw(); }")).toEqual(["x_0", "x_1"]);
    expect(namesIn("for (const s in { p: 1, q: 2 }) { const x = hw(); }")).toEqual(["x_0", "x_1"]);
    expect(namesIn("let n = 0; while (n < 2) { const x = hw(); n++; }")).toEqual(["x_0", "x_1"]);
    expect(namesIn("let n = 0; do { const x = hw(); n++; } while (n < 2);")).toEqual(["x_0", "x_1"]);
  });

  test("nest", () => {
    expect(namesIn("for (let i = 0; i < 2; i++) { for (let j = 0; j < 2; j++) { const x = hw(); } const y = hw(); }"))
      .toEqual(["x_0_0", "x_0_1", "y_0", "x_1_0", "x_1_1", "y_1"]);
    expect(namesIn("for (const a of [0, 1]) for (const b of [0, 1]) { const x = hw(); }")).toEqual(["x_0_0", "x_0_1", "x_1_0", "x_1_1"]);
  });

  test("may have a lone statement as their body", () => {
    expect(namesIn("for (const s of [0, 1]) var { x } = { x: hw() }; if (true) var { y } = { y: hw() };")).toEqual(["x_0", "x_1", "y"]);
    expect(namesIn("const f = () => { const x = hw(); }; for (const s of [0, 1]) try { f(); } catch { f(); }")).toEqual(["f_x_0", "f_x_1"]);
  });

  test("survive continue, break and labels", () => {
    expect(namesIn(`
      outer: for (let i = 0; i < 4; i++) {
        if (i === 0) continue;
        for (const j of [0, 1, 2]) { if (j === 1) continue outer; if (i === 3) break outer; const x = hw(); }
      }
      const after = hw();`)).toEqual(["x_1_0", "x_2_0", "after"]);
  });

  test("two loops of one shape both start at 0", () => {
    const twice = ["x", "y"].map((name) => `for (const s of [0, 0]) { const ${name} = hw(); }`);
    expect(namesIn(twice.join("\n"))).toEqual(["x_0", "x_1", "y_0", "y_1"]);
  });

  test("callbacks of iteration methods number, by their index where they have one", () => {
    expect(namesIn("[5, 6].forEach((n) => { const x = hw(); });")).toEqual(["x_0", "x_1"]);
    expect(namesIn("[5, 6].forEach(function (n, i) { const x = hw(); });")).toEqual(["x_0", "x_1"]);
    expect(namesIn("const taps = Array.from({ length: 2 }, (_, i) => { const t = hw(); return t.add(i); });"))
      .toEqual(["taps_0_t", "taps_0", "taps_1_t", "taps_1"]);
    expect(namesIn("const stage = () => { const t = hw(); return t; }; [1, 2].map(() => stage());")).toEqual(["stage_t_0", "stage_t_1"]);
    expect(namesIn("const sum = [hw(), hw()].reduce((a, b, i) => { const part = a.add(b); return part.add(i); });"))
      .toEqual(["sum_1_part", "sum"]);
  });

  test("other callbacks add nothing", () => {
    expect(namesIn("when(1, () => { const x = hw(); }).otherwise(() => { const y = hw(); });")).toEqual(["x", "y"]);
  });
});

describe("names do not move", () => {
  const lines = [
    "const a = hw();",
    "for (let i = 0; i < 2; i++) { const b = hw(); when(b, () => { const c = hw(); }); }",
    "[1, 2].map((n) => { const d = hw(); });",
    "const { e, f } = { e: hw(), f: hw() };",
    "const g = (() => { const inner = hw(); return inner; })();",
    "const tree = () => { const h = hw(); }; tree();",
  ];
  const names = namesIn(lines.join("\n"));
  const unrelated = fc.constantFrom(
    "", "// a comment", "/* one\nof two lines */", "const zz0 = hw();", "for (const zz1 of [1, 2, 3]) { const zz2 = hw(); }",
    "[1].map((n) => { const zz3 = hw(); });", "for (let i = 0; i < 3; i++) { const zz4 = hw(); }", "hw().use();",
  );

  test("when lines, comments and other bindings are put between", () => {
    expect(names).toEqual(["a", "b_0", "c_0", "b_1", "c_1", "d_0", "d_1", "e", "f", "g", "tree_h"]);
    const additions = fc.array(fc.array(unrelated, { maxLength: 3 }), { minLength: lines.length, maxLength: lines.length });
    fc.assert(fc.property(additions, (added) => {
      const edited = lines.flatMap((line, i) => [...added[i]!.map((extra) => `{ ${extra}\n }`), line]).join("\n");
      expect(namesIn(edited).filter((n) => !n.startsWith("zz"))).toEqual(names);
    }), { numRuns: 60 });
  });
});
