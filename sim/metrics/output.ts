/** How far an attention output in integers is from attention in floating point. docs/cli.md defines the figures. */

/** Of a head, or of several. */
export interface OutputError {
  /**
   * |O - A| / |A| over all elements of a head, A being the reference; over heads the root mean square, weighted by rows. Infinite where
   * A is all zeros and O is not.
   */
  readonly relative: number;
  /** The largest |O - A| of an element, in steps of V's integers. */
  readonly largest: number;
  /** O . A / (|O| |A|) over all elements of a head: 0 where one is all zeros, 1 where both are; over heads the mean, weighted by rows. */
  readonly cosine: number;
}

/** Takes the rows of a head's output one by one. */
export class OutputMeter {
  private squaredError = 0;
  private squaredReference = 0;
  private squaredOutput = 0;
  private product = 0;
  private largest = 0;

  /** @param output a row of O. @param reference the same row in floating point, in V's integers. */
  add(output: Int16Array, reference: Float64Array): void {
    for (let c = 0; c < reference.length; c++) {
      const [o, a] = [output[c], reference[c]];
      this.squaredError += (o - a) ** 2;
      this.squaredReference += a ** 2;
      this.squaredOutput += o ** 2;
      this.product += o * a;
      this.largest = Math.max(this.largest, Math.abs(o - a));
    }
  }

  error(): OutputError {
    const { squaredError, squaredReference, squaredOutput, product, largest } = this;
    const norms = Math.sqrt(squaredOutput) * Math.sqrt(squaredReference);
    return {
      relative: squaredError === 0 ? 0 : Math.sqrt(squaredError / squaredReference), largest,
      cosine: norms > 0 ? product / norms : squaredError === 0 ? 1 : 0,
    };
  }
}

/** The error of several heads. @param rows of each head, at least one in all. */
export function meanError(heads: readonly { readonly rows: number; readonly error: OutputError }[]): OutputError {
  const rows = heads.reduce((sum, h) => sum + h.rows, 0);
  const mean = (of: (error: OutputError) => number): number => heads.reduce((sum, h) => sum + h.rows * of(h.error), 0) / rows;
  const largest = heads.reduce((max, h) => Math.max(max, h.error.largest), 0);
  return { relative: Math.sqrt(mean((e) => e.relative ** 2)), largest, cosine: mean((e) => e.cosine) };
}
