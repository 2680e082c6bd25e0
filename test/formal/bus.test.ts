/** Buses keep the rules of AXI4-Lite and AXI4-Stream, whatever is on the other side: proved for the first cycles from reset on. */

import { AxisOutput } from "../../generator/lapa/axis-output";
import { AxisVectors } from "../../generator/lapa/axis-vectors";
import { AxiLiteSlave } from "../../generator/lib/axi-lite-slave";
import { Gearbox, type GearboxParameters } from "../../generator/lib/gearbox";
import { build } from "../lapa/build";
import { changed, check, type Rules } from "./bounded";
import { requireYosys } from "./prove";

requireYosys();

const steps = 12;
const named = (names: string, nameOf = (name: string): string => name): Record<string, string> =>
  Object.fromEntries(names.split(" ").map((name) => [name, nameOf(name)]));

const slave: Rules = {
  design: build(AxiLiteSlave, { addressBits: 12 }), name: "axi_lite_slave_rules", parameters: { ADDRESS: 12 },
  ports: named(
    "awaddr awvalid awready wdata wstrb wvalid wready bresp bvalid bready araddr arvalid arready rdata rresp rvalid rready", (name) => `axil_${name}`,
  ),
};

function gearbox(inUnits: number, outUnits: number): Rules {
  const bits = (units: number): number => Math.ceil(Math.log2(units + 1));
  return {
    design: build<GearboxParameters, Gearbox>(Gearbox, { unitBits: 2, inUnits, outUnits, ends: true }), name: "gearbox_rules",
    parameters: { UNIT: 2, IN: inUnits, OUT: outUnits, IN_COUNT: bits(inUnits), OUT_COUNT: bits(outUnits) },
    // A word of one unit has no count.
    ports: { ...named("clear in_valid in_ready in_data in_count in_last out_valid out_ready out_data out_count out_last"), ...(inUnits === 1 ? { in_count: "1'b1" } : {}) },
  };
}

type Shape = readonly [headDim: number, operandBits: number, beatBytes: number];
const stream = (name: string): string => (/^t[a-z]+$/.test(name) ? `axis_${name}` : name);

const output = ([headDim, operandBits, beatBytes]: Shape): Rules => ({
  design: build(AxisOutput, { headDim, operandBits, beatBytes }), name: "axis_output_rules", parameters: { D: headDim, W: operandBits, BYTES: beatBytes },
  ports: named("clear packet_valid packet_ready packet_rows words_valid words_ready words_features words_last tvalid tready tdata tkeep tlast busy done", stream),
});

const vectors = ([headDim, operandBits, beatBytes]: Shape): Rules => ({
  design: build(AxisVectors, { headDim, operandBits, beatBytes }), name: "axis_vectors_rules", parameters: { D: headDim, W: operandBits, BYTES: beatBytes },
  ports: named("clear packet_valid packet_ready packet_rows tvalid tready tdata tkeep tlast vectors_valid vectors_ready vectors_features busy", stream),
});

const proofs: readonly (readonly [string, Rules])[] = [
  ["AXI4-Lite slave", slave],
  ...([[2, 1], [1, 2], [2, 3]] as const).map(([from, to]) => [`gearbox, ${from} to ${to}`, gearbox(from, to)] as const),
  // A row of two words; rows narrower than a beat; whole units only.
  ...([[9, 2, 4], [2, 3, 4]] as const).map((shape) => [`outputs, ${shape.join(", ")}`, output(shape)] as const),
  ...([[9, 1, 4], [2, 3, 8], [4, 2, 4]] as const).map((shape) => [`tensors, ${shape.join(", ")}`, vectors(shape)] as const),
];

test.each(proofs)("%s", (_, rules) => {
  expect(check(rules, steps)).toEqual({ holds: true, broken: null });
}, 120_000);

const [outputs, tensors, box] = [output([2, 3, 4]), vectors([4, 2, 4]), gearbox(2, 3)];

/** For each rule a fault in the Verilog that breaks it. */
test.each<[string, Rules, string | RegExp, string]>([
  ["an answer to a write falls before it is taken", slave, "if (axil_bready)", "if (1'b1)"],
  ["an answer to a read falls before it is taken", slave, "if (axil_rready)", "if (1'b1)"],
  ["an answer to a read changes", slave, "axil_arvalid && !reads_answers", "axil_arvalid"],
  ["a write is answered without its data", slave, "writes_has_address && writes_has_data", "writes_has_address"],
  ["a write is answered twice", slave, /writes_has_data <= 1'b0;(?= +\/\/)/, ""],
  ["an answer is neither OKAY nor SLVERR", slave, "write_exists ? 2'd0 : 2'd2", "write_exists ? 2'd0 : 2'd1"],
  ["a read is never answered", slave, "reads_answers <= 1'b1", "reads_answers <= 1'b0"],
  ["a gearbox loses what waits", box, /fill <= place \+ [^;]+/, "fill <= place"],
  ["a gearbox turns units", box, "units_units_2 <= units_entering_0", "units_units_2 <= units_entering_1"],
  ["a gearbox forgets which word is last", box, "ending <= in_last", "ending <= 1'b0"],
  ["a gearbox takes what is behind the last word", box, "!ending && fits", "fits"],
  ["`clear` takes a beat back", outputs, ".clear     (drops)", ".clear     (clear)"],
  ["`clear` forgets the rest of a packet", outputs, "assign drops = clear && !offered_has_begun", "assign drops = clear"],
  ["`clear` leaves a packet that has not begun", outputs, "assign drops = clear && !offered_has_begun", "assign drops = 1'b0"],
  ["the beat on offer becomes zeros", outputs, "offered_is_held ? OFFERED_HELD : OFFERED_ZEROS", "OFFERED_ZEROS"],
  ["beats after `clear` are not zeros", outputs, "assign is_blank = offered_offered == OFFERED_ZEROS", "assign is_blank = 1'b0"],
  ["a packet that was cut is done", outputs, "box_out_last && !is_cut", "box_out_last"],
  ["a packet has no end", outputs, "rows == 16'd1", "rows == 16'd0"],
  ["a null byte is kept", outputs, "box_out_count > 2'd1", "box_out_count > 2'd0"],
  ["a beat is taken without a packet", tensors, "(receives && box_in_ready)", "box_in_ready"],
  ["a row changes before it is taken", tensors, "!leave_full || vectors_ready", "1'b1"],
  ["a packet that is too short gives too few rows", tensors, "state_next = STATE_FILL", "state_next = STATE_IDLE"],
])("a fault is found: %s", (_, rules, from, to) => {
  expect(check(changed(rules, from, to), steps)).toMatchObject({ holds: false });
}, 120_000);
