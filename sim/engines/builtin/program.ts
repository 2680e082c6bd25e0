/**
 * The flat design as one generated program.
 *
 * Code is written once for all that is alike: instances of a module, and the lanes that a module spells out as signals of
 * their own. What few use is placed inline, addresses and all, in functions small enough for V8 to optimise; what many use
 * becomes a loop over a table of addresses, so that an array of a thousand equal elements is as small, and as soon hot, as
 * one of four.
 */

import type { FlatDesign } from "./flatten";
import type { Group, Logic } from "./logic";
import type { Batch, Schedule } from "./schedule";
import type { Block, Slot } from "./block";
import { place, writeBlock } from "./block";
import * as runtime from "./runtime";

export interface Program {
  /** Computes every wire and output of `s` from its inputs and state. */
  settle(): void;
  /** Computes the next state of every register into `n`, without reset. */
  clock(): void;
}

/** Uses from which a block becomes a loop, and groups of a batch from which those that are alike become blocks of their own. */
const loopFrom = 4;
/** Characters of inline code in a function; V8 does not optimise functions of more than 60 KB of bytecode. */
const functionSize = 24_000;
/** Weight of the groups that share a block: see Group.weight. */
const blockWeight = 1_000;

/** A use of a block. */
interface Step {
  readonly block: SharedBlock;
  /** Where the block's slots are. */
  readonly addresses: readonly number[];
}

/** What an instance of a module does in a batch. */
interface ModuleStep {
  readonly block: SharedBlock;
  readonly slots: readonly Slot[];
}

interface SharedBlock {
  readonly id: number;
  readonly text: string;
  uses: number;
}

/**
 * @param s wires, inputs and current state: see FlatDesign
 * @param n next state
 */
export function buildProgram(design: FlatDesign, order: Schedule, s: Int32Array, n: Int32Array): Program {
  return new ProgramWriter().write(design, order, s, n);
}

class ProgramWriter {
  /** By text. */
  private readonly blocks = new Map<string, SharedBlock>();
  private readonly batches = new Map<string, readonly ModuleStep[]>();
  private readonly moduleIds = new Map<object, number>();
  private readonly tables = new Map<string, string>();
  private readonly lines: string[] = [];
  private readonly addresses: number[] = [];
  private readonly loops = new Set<SharedBlock>();
  private scratchLimbs = 0;
  private chunks = 0;

  write(design: FlatDesign, order: Schedule, s: Int32Array, n: Int32Array): Program {
    const wires = order.map((level) => level.flatMap((batch) => this.steps(batch)));
    const registers = design.logic.flatMap((instance) => this.steps({ instance, groups: instance.logic.registers }));
    const settle = this.calls(wires);
    const clock = this.calls([registers]);
    const text = [
      `"use strict"; const { ${Object.keys(runtime).join(", ")} } = runtime;`,
      ...[...this.tables].map(([words, name]) => `const ${name} = Int32Array.of(${words});`),
      ...this.lines,
      `return { settle() {\n${settle.join("\n")}\n}, clock() {\n${clock.join("\n")}\n} };`,
    ].join("\n");
    const make = new Function("s", "n", "t", "w", "runtime", text) as ProgramFactory;
    return make(s, n, Int32Array.from(this.addresses), new Int32Array(this.scratchLimbs), runtime);
  }

  private steps(batch: Batch): Step[] {
    const { nets } = batch.instance;
    return this.moduleSteps(batch).map(({ block, slots }) => {
      block.uses++;
      return { block, addresses: slots.map(({ decl, limb }) => nets[decl]!.at + limb) };
    });
  }

  /** The same for every instance of the module. */
  private moduleSteps({ instance: { logic }, groups }: Batch): readonly ModuleStep[] {
    let moduleId = this.moduleIds.get(logic);
    if (moduleId === undefined) this.moduleIds.set(logic, (moduleId = this.moduleIds.size));
    const key = `${moduleId}: ${groups.map((g) => g.id).join(" ")}`;
    let steps = this.batches.get(key);
    if (steps === undefined) this.batches.set(key, (steps = this.writeBatch(logic, groups)));
    return steps;
  }

  private writeBatch(logic: Logic, groups: readonly Group[]): ModuleStep[] {
    const write = (part: readonly Group[]): Block => writeBlock(logic, part, {
      table: (words) => this.table(words.join(", ")),
      scratch: (limbs) => (this.scratchLimbs = Math.max(this.scratchLimbs, limbs)),
    });
    const lanes = alike(groups, (g) => write([g]));
    const rest = byWeight(groups.filter((g) => !lanes.has(g)));
    return [...lanes.values(), ...rest.map(write)].map(({ text, slots }) => ({ block: this.block(text), slots }));
  }

  private block(text: string): SharedBlock {
    let block = this.blocks.get(text);
    if (block === undefined) this.blocks.set(text, (block = { id: this.blocks.size, text, uses: 0 }));
    return block;
  }

  private table(words: string): string {
    let name = this.tables.get(words);
    if (name === undefined) this.tables.set(words, (name = `k${this.tables.size}`));
    return name;
  }

  /** The calls that run the levels in order. Steps of a level may run in any order. */
  private calls(levels: readonly (readonly Step[])[]): string[] {
    const calls: string[] = [];
    let inline: string[] = [];
    let size = 0;
    const flush = (): void => {
      if (inline.length > 0) calls.push(this.chunk(inline));
      inline = [];
      size = 0;
    };
    for (const steps of levels) {
      const looped = byBlock(steps.filter((step) => step.block.uses >= loopFrom));
      if (looped.size > 0) flush();
      for (const [block, users] of looped) calls.push(this.loop(block, users));
      for (const { block, addresses } of steps) {
        if (block.uses >= loopFrom) continue;
        const text = place(block.text, (slot) => String(addresses[slot]!));
        if (size + text.length > functionSize) flush();
        inline.push(`{\n${text}\n}`);
        size += text.length;
      }
    }
    flush();
    return calls;
  }

  private chunk(blocks: readonly string[]): string {
    const name = `c${this.chunks++}`;
    this.lines.push(`function ${name}() {\n${blocks.join("\n")}\n}`);
    return `${name}();`;
  }

  private loop(block: SharedBlock, users: readonly Step[]): string {
    const name = `f${block.id}`;
    if (!this.loops.has(block)) {
      this.loops.add(block);
      const bases = users[0]!.addresses.map((_, slot) => `const b${slot} = t[o + ${slot}];`);
      const body = place(block.text, (slot) => `b${slot}`);
      this.lines.push(`function ${name}(o, e) {\nfor (; o < e; o += ${bases.length}) {\n${[...bases, body].join("\n")}\n}\n}`);
    }
    const from = this.addresses.length;
    for (const { addresses } of users) this.addresses.push(...addresses);
    return `${name}(${from}, ${this.addresses.length});`;
  }
}

/** @param t the tables of addresses. @param w the scratch area */
type ProgramFactory = (s: Int32Array, n: Int32Array, t: Int32Array, w: Int32Array, functions: typeof runtime) => Program;

/** Groups whose blocks read alike, with these blocks, where there are enough of them. */
function alike(groups: readonly Group[], write: (group: Group) => Block): Map<Group, Block> {
  const result = new Map<Group, Block>();
  const enough = <T>(list: readonly T[]): boolean => list.length >= loopFrom;
  for (const similar of grouped(groups, (g) => `${g.width} ${g.weight} ${g.reads.length}`).filter(enough)) {
    const written = similar.map((group) => ({ group, block: write(group) }));
    for (const same of grouped(written, ({ block }) => block.text).filter(enough)) for (const { group, block } of same) result.set(group, block);
  }
  return result;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const lists = new Map<string, T[]>();
  for (const item of items) {
    const list = lists.get(keyOf(item));
    if (list === undefined) lists.set(keyOf(item), [item]);
    else list.push(item);
  }
  return [...lists.values()];
}

/** Cuts a list of groups into runs of limited weight. */
function byWeight(groups: readonly Group[]): Group[][] {
  const runs: Group[][] = [];
  let weight = Infinity;
  for (const g of groups) {
    if (weight + g.weight > blockWeight) {
      runs.push([]);
      weight = 0;
    }
    runs.at(-1)!.push(g);
    weight += g.weight;
  }
  return runs;
}

/** Steps that run the same block, in the order in which the blocks first appear. */
function byBlock<S extends { readonly block: object }>(steps: readonly S[]): Map<S["block"], S[]> {
  const groups = new Map<S["block"], S[]>();
  for (const step of steps) {
    const group = groups.get(step.block);
    if (group) group.push(step);
    else groups.set(step.block, [step]);
  }
  return groups;
}
