/** What every engine and the emitted test bench do, in words, for whoever reads the vectors with other tools. */

import type { VectorSet } from "./vectors";

const common = [
  "A file holds one word a line in hexadecimal; the first field of a channel sits in the least significant bits of a word.",
  "Ports change just after a rising edge of clk and are sampled at the next one. Constants are held from time 0.",
  "Reset is active for 4 rising edges. Cycle t ends with rising edge t + 1 after those; cycle 0 is the first without reset.",
];

const modes: Record<VectorSet["mode"], readonly string[]> = {
  streams: [
    "During reset valid, ready and payload inputs are 0.",
    "A word moves at a rising edge at which valid and ready of its stream are 1. Words are offered in order and expected in order.",
    "Channel k owns a xorshift32 state (13, 17, 5), at first ((seed ^ 0x9e3779b9) * 0x85ebca6b) ^ ((k + 1) * 0xc2b2ae35) mod 2^32, or 1 where that is 0.",
    "At every rising edge from the last one of reset on: words that move are observed, then each state advances, then ports are driven: an input stream keeps a word that was not accepted; otherwise it offers the next one unless (state & 255) < chance, and shows 0 while it offers none; an output stream is ready unless (state & 255) < chance.",
    "These edges are counted from 0. Where the count is a multiple of 256, channel k's pace becomes bits 9 and 8 of its state. With usual = stalls.input or stalls.output, chance is 0 where usual is 0, and otherwise at pace 0 usual, at pace 1 0, at pace 2 224, at pace 3 256 where the count modulo 256 is below 128, else 0.",
    "After the last word has moved 64 more cycles are watched for words that nobody expects.",
  ],
  cycles: [
    "Word t of the input channel is on the ports during cycle t, word 0 during reset as well.",
    "Word t of the output channel is what the ports show at the end of cycle t. A design without clk runs the same way.",
  ],
};

export function protocolText(mode: VectorSet["mode"]): readonly string[] {
  return [...common, ...modes[mode]];
}
