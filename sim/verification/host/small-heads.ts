/** Heads that are short, and quick to run: what a host does around them is what is tried. */

import type { SpeculationFormat } from "../../../generator/lapa/config";
import { largestRho } from "../../golden/speculation";
import { type AttentionHead, headRows } from "../../vectors/attention-vectors";
import type { Tensor } from "../../vectors/host-script";
import type { ExpectedHead } from "../../vectors/packets";
import { Random } from "../random";

/** What small heads have to fit. */
export interface HeadLimits {
  readonly headDim: number;
  readonly maxKeys: number;
  readonly beatBytes: number;
  readonly format: SpeculationFormat;
  /** Keys of a head, at least, where there is room for them. */
  readonly keys?: number;
}

/** Makes random heads, each after its label, always the same ones for a seed. */
export class SmallHeads {
  readonly random: Random;

  constructor(private readonly limits: HeadLimits, seed: number) {
    this.random = new Random(seed);
  }

  /** A head that brings its keys, with packets of three beats or more where there is room for them. */
  head(label: string): AttentionHead {
    const { headDim, format } = this.limits;
    const { vectors, keys } = this.sizes();
    return {
      label, queries: this.matrix(vectors), keys: this.matrix(keys), values: this.matrix(keys), dim: headDim, loads: true, firstQuery: 0, dense: false,
      execution: { c: 40_000, s: this.shift() },
      parameters: {
        mode: "radius", nValid: keys, causal: false, offset: 0,
        rounds: format.slices.map((_, r) => ({ rho: Math.floor(largestRho(headDim, r, format) / (6 + r)), guard: format.logSide === "query" ? 6 + r : 0 })),
      },
    };
  }

  /** A head whose registers are all others than those of `head`: of two that wait, none may have what is the other one's. */
  another(label: string): ExpectedHead {
    const { headDim, maxKeys, format } = this.limits;
    const { vectors } = this.sizes();
    const keys = Math.min(maxKeys, vectors + 1);
    const { execution, ...head } = this.head(label);
    return this.outcome({
      ...head, queries: this.matrix(vectors + 2), keys: this.matrix(keys), values: this.matrix(keys), dim: headDim, execution: { c: execution.c + 9_999, s: Math.max(0, execution.s - 1) },
      parameters: { mode: "blend", nValid: Math.max(1, keys - 1), causal: true, offset: 1, rounds: format.slices.map((_, r) => ({ a: r % 2 === 0 ? 3 + r : -5 })) },
    });
  }

  /** A head of three queries: so many are taken while its outputs wait, whatever the shape of the unit. */
  short(label: string): ExpectedHead {
    return this.outcome({ ...this.head(label), queries: this.matrix(3) });
  }

  /** Bytes of the packets of a head. */
  get packets(): Readonly<Record<Tensor, number>> {
    const { vectors, keys } = this.sizes();
    const { headDim } = this.limits;
    return { keys: keys * headDim, values: keys * headDim, queries: vectors * headDim };
  }

  private sizes(): { readonly vectors: number; readonly keys: number } {
    const { headDim, maxKeys, beatBytes, keys = 0 } = this.limits;
    const vectors = Math.max(3, Math.ceil((2 * beatBytes + 1) / headDim));
    return { vectors, keys: Math.min(maxKeys, Math.max(keys, vectors)) };
  }

  /** With what comes of it. */
  expected(label: string): ExpectedHead {
    return this.outcome(this.head(label));
  }

  outcome(head: AttentionHead): ExpectedHead {
    return { head, rows: [...headRows(head, this.limits.format)] };
  }

  /** Such that the largest difference of scores is a few steps beyond the table of powers: probabilities of all sizes. */
  private shift(): number {
    const { headDim, format: { operandBits } } = this.limits;
    const largest = BigInt(headDim) << BigInt(2 * operandBits - 1);
    return Math.min(31, Math.max(0, ((largest * 40_000n) / 600n).toString(2).length - 1));
  }

  private matrix(vectors: number): Int16Array {
    const span = 2 ** this.limits.format.operandBits;
    return Int16Array.from({ length: vectors * this.limits.headDim }, () => this.random.below(span) - span / 2);
  }
}
