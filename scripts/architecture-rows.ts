/** The rows of the tables in docs/architecture.md: where in the design something is, and the formulas of its size. */

export interface MemoryRow {
  readonly name: string;
  /** Paths of its instances: see `partsOf`. */
  readonly at: RegExp;
  /** Formulas: see `valueOf` in architecture-tables.ts. */
  readonly howMany: string;
  readonly words: string;
  readonly bits: string;
  /** Lanes of a word that are written by themselves. */
  readonly lanes: string;
  /** Whether `blackBoxMemories` leaves it to a macro. */
  readonly isMacro: boolean;
}

const row = (name: string, at: RegExp, howMany: string, words: string, bits: string): MemoryRow => ({ name, at, howMany, words, bits, lanes: "1", isMacro: true });
const queue = (name: string, at: RegExp, howMany: string, words: string, bits: string): MemoryRow => ({ ...row(name, at, howMany, words, bits), isMacro: false });

const round = (r: 1 | 2, rest: string): RegExp => new RegExp(`^core\\.speculation\\.rounds_${r - 1}\\.${rest}$`);

function roundRows(r: 1 | 2): MemoryRow[] {
  const depth = `min(8 * n / K_${r}, n / K_${r} + L + S_${r} + 11)`;
  return [
    row(`keys, round ${r}`, round(r, "bank\\.words_\\d+"), `K_${r}`, `2 * n / K_${r} * F`, `f * D_${r}`),
    row(`scores, round ${r}`, round(r, "ddf\\.buffer\\.scores"), "1", depth, `K_${r} * S_${r}`),
    row(`their keys, round ${r}`, round(r, "ddf\\.buffer\\.keys"), "1", depth, r === 1 ? "K_1" : "K_2 * (1 + G)"),
    row(`survivors, round ${r}`, round(r, "queues_\\d+_queue\\.words\\.words"), `K_${r}`, `3 * n / K_${r} - 1`, r === 1 ? "G + S_1" : "G"),
  ];
}

function roundQueues(r: 1 | 2): MemoryRow[] {
  return [
    queue(`rows' statistics, round ${r}`, round(r, "ddf\\.rows_queue\\.words"), "1", "7", `3 * S_${r} + log2(n) + bits(n) + bits(n / K_${r})`),
    queue(`rows' base and powers, round ${r}`, round(r, "ddf\\.threshold_row_context_queue\\.words"), "1", "7", r === 1 ? "b + Y" : "b"),
    queue(`lengths of lists, round ${r}`, round(r, "queues_\\d+_queue\\.lengths\\.words"), `K_${r}`, "2", `bits(3 * n / K_${r})`),
  ];
}

/** For two rounds with a window, the query as log operand, and as many lanes in both. */
export const memoryRows: readonly MemoryRow[] = [
  ...roundRows(1), ...roundRows(2),
  row("keys", /^core\.execution\.key_bank\.words_\d+$/, "C", "2 * n / C * ceil(d / 8)", "8 * W"),
  row("values", /^core\.execution\.values\.words_0$/, "1", "2 * n * ceil(d / C)", "C * W"),
  row("queries", /^core\.execution\.query_bank\.words_\d+$/, "R", "2 * ceil(d / 8)", "8 * W"),
  { ...row("tile masks", /^core\.execution\.masked_tiles\.banks_[01]_bank_needs_\d+$/, "2 * C", "n / C", "R"), lanes: "R" },
  row("tile lists", /^core\.execution\.masked_tiles\.list_queue_\d+\.words\.words$/, "C", "2 * n / C - 1", "G + R"),
  row("the tile's keys", /^core\.execution\.word_counts_list$/, "1", "2 * n", "log2(n)"),
  row("scores", /^core\.execution\.lanes_\d+\.scores$/, "R", "2 * n", "S + 1"),
  row("probabilities", /^core\.execution\.lanes_\d+\.probabilities$/, "R", "2 * n", "8"),
  { ...row("outputs", /^core\.execution\.outputs\.stored_\d+_row_memory$/, "R", "2 ^ max(1, log2(ceil(d / 8))) + ceil(d / 8)", "8 * W"), lanes: "8" },
  ...roundQueues(1), ...roundQueues(2),
  queue("rows' contexts", /^core\.speculation\.rows_1_hand_on_contexts\.words$/, "1", "10", "X"),
  queue("rows' counts", /^core\.speculation\.leave_output\.counts\.words$/, "1", "2", "bits(n)"),
  queue("lengths of tile lists", /^core\.execution\.masked_tiles\.list_queue_\d+\.lengths\.words$/, "C", "1", "bits(2 * n / C)"),
];

export interface WidthRow {
  readonly from: string;
  readonly to: string;
  readonly what: string;
  readonly formula: string;
  /** The instance, and its ports that carry it. */
  readonly at: string;
  readonly ports: RegExp;
}

const width = (from: string, to: string, what: string, formula: string, at: string, ports: RegExp): WidthRow => ({ from, to, what, formula, at, ports });

export const widthRows: readonly WidthRow[] = [
  width("AXI4-Stream", "gearboxes in", "a beat of a tensor", "8 * B", "", /^s_axis_keys_tdata$/),
  width("gearboxes in", "both units", "a row: key, value or query", "d * W", "streams_0", /^vectors_features$/),
  width("control", "both units", "a head's word, once a head", "2 * bits(n) + rho_1 + rho_2 + 73", "control", /^head_(?!valid|ready)/),
  width("key loader", "key bank of round 1", "its slice of a key", "f * D_1", "core.speculation.load_loader", /^words_0$/),
  width("vector encoder", "round 1", "a row's context", "X", "core.speculation.rounds_0", /^rows_context$/),
  width("key bank 1", "MRSA 1", "slices of K_1 keys", "K_1 * f * D_1", "core.speculation.rounds_0.mrsa", /^keys_\d+$/),
  width("MRSA 1", "DDF 1", "K_1 scores", "K_1 * S_1", "core.speculation.rounds_0.mrsa", /^score_\d+$/),
  width("DDF 1", "lane queues 1", "K_1 survivors with their scores", "K_1 * (G + S_1)", "core.speculation.rounds_0.ddf", /^survivors_\d+$/),
  width("MRSA 2", "DDF 2", "K_2 scores", "K_2 * S_2", "core.speculation.rounds_1.mrsa", /^score_\d+$/),
  width("DDF 2", "lane queues 2", "K_2 survivors", "K_2 * G", "core.speculation.rounds_1.ddf", /^survivors_\d+$/),
  width("merge tree", "group output", "a group and its survivors", "G + K_1", "core.speculation.leave_output", /^list_word$/),
  width("group output", "tile masks", "the same; the row's last", "G + C + 1", "core.execution", /^masks_(group|mask|last)$/),
  width("tile masks", "tile feeder", "for each column a key's group, and who needs it", "C * (G + R)", "core.execution.feeder", /^lists_\d+_word$/),
  width("tile feeder", "array", "a column of the mask of scores to come", "R", "core.execution.array", /^mask$/),
  width("query store, probabilities", "array rows", "R operands", "R * max(9, W)", "core.execution.array", /^a$/),
  width("key store, value store", "array columns", "C operands", "C * W", "core.execution.array", /^b$/),
  width("array", "softmax lanes, dividers", "R sums", "R * A", "core.execution.array", /^results_\d+_sum$/),
  width("array", "a softmax lane", "a score", "S", "core.execution.lanes_0", /^score$/),
  width("a softmax lane", "array", "a probability", "8", "core.execution.lanes_0", /^probability$/),
  width("array", "a divider", "a numerator", "N + W", "core.execution.results_0_divider", /^numerator$/),
  width("a softmax lane", "a divider", "the sum of a row's probabilities", "N", "core.execution.results_0_divider", /^denominator$/),
  width("dividers", "output rows", "R features", "R * W", "core.execution.outputs", /^quotient_\d+$/),
  width("output rows", "gearbox out", "8 features; the row's last", "8 * W + 1", "core.execution", /^outputs_(features|last)$/),
  width("gearbox out", "AXI4-Stream", "a beat of outputs", "8 * B", "", /^m_axis_outputs_tdata$/),
];
