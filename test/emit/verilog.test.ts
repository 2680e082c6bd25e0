import { Bool, elaborate, type LogicModule, Module, mux, SInt, UInt, verilogModule } from "lapa";
import { Counter } from "../hdl/designs/counter";

/** Operators that Verilog reads differently inside a larger expression. */
class Nested extends Module<Record<string, never>> {
  readonly a = this.input(SInt(8));
  readonly b = this.input(SInt(8));
  readonly n = this.input(UInt(3));
  readonly product = this.output(SInt(17));
  readonly shifted = this.output(UInt(8));
  readonly less = this.output(SInt(8));

  build(): void {
    this.product.set(this.a.mul(this.b).sext(17));
    this.shifted.set(this.a.shr(this.n).asUInt().addWrap(1n));
    this.less.set(mux(this.a.lt(this.b), this.a, this.b));
  }
}

/** Two counters, the second counting while the first is at zero. */
class Pair extends Module<Record<string, never>> {
  readonly run = this.input(Bool());
  readonly total = this.output(UInt(4));

  build(): void {
    const fast = this.instance(Counter, { width: 4 });
    const slow = this.instance(Counter, { width: 4 });
    fast.enable.set(this.run);
    fast.clear.set(0n);
    slow.enable.set(fast.count.eq(0n));
    slow.clear.set(0n);
    this.total.set(slow.count);
  }
}

const text = (reset: "sync-high" | "async-low"): string => {
  const circuit = elaborate(Counter, { width: 8 }, { reset });
  return verilogModule(circuit.modules[0] as LogicModule, circuit);
};

describe("Verilog of a module", () => {
  test("a counter reads as a person writes one", () => {
    const body = text("sync-high").replace(/ *\/\/ @\[.*\]/g, "");
    expect(body).toContain("input  wire clk,\n  input  wire rst,\n  input  wire enable,\n  input  wire clear,\n  output wire [7:0] count\n");
    expect(body).toContain("if (clear) begin\n      value_next = 8'd0;\n    end else if (enable) begin\n      value_next = next_value;\n    end\n");
    expect(body).toContain("always @(posedge clk) begin\n    if (rst) begin\n      value <= 8'd0;\n    end else begin\n      value <= value_next;\n    end\n");
  });

  test("reset kinds differ in port and edge only", () => {
    expect(text("async-low")).toContain("always @(posedge clk or negedge rst_n) begin\n    if (!rst_n) begin");
  });

  test("assignments name the designer's line", () => {
    expect(text("sync-high")).toContain("assign count = value; // @[test/hdl/designs/counter.ts:13]");
  });

  test("a product and an arithmetic shift stand alone, where nothing around them changes width or sign", () => {
    const circuit = elaborate(Nested, {});
    const verilog = verilogModule(circuit.modules[0] as LogicModule, circuit);
    expect(verilog).toContain("assign mul = a * b;");
    expect(verilog).toContain("assign product = {mul[15], mul};");
    expect(verilog).toContain("assign shr = a >>> n;");
    expect(verilog).toContain("assign shifted = shr + 8'd1;");
    expect(verilog).toContain("assign less = (a < b) ? a : b;");
  });

  test("equal instances share one module, children first", () => {
    const circuit = elaborate(Pair, {});
    expect(circuit.modules.map((m) => m.name)).toEqual(["counter", "pair"]);
    const verilog = verilogModule(circuit.modules[1] as LogicModule, circuit);
    expect(verilog.match(/^ {2}counter \w+ \(/gm)).toHaveLength(2);
    expect(verilog).toContain("    .clk(clk),\n    .rst(rst),\n    .enable(run),\n    .clear(1'd0),\n");
  });
});
