import { UserError } from "../errors";

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

/**
 * An option's numbers, with commas between them.
 * @throws UserError for anything else, or a number that is out of range.
 */
export function numberList(option: string, text: string, { min, max, integer }: NumberRange): number[] {
  const unbounded = max >= Number.MAX_SAFE_INTEGER;
  const allowed = `${integer ? "integers" : "numbers"} ${unbounded ? `of ${min} or more` : `from ${min} to ${max}`}, with commas between them`;
  return text.split(",").map((part) => {
    const value = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(part.trim()) ? Number(part) : NaN;
    if (!(value >= min && value <= max) || (integer && !Number.isInteger(value))) throw new UserError(`${option} is ${text}; allowed: ${allowed}`);
    // Not the number -0.
    return value + 0;
  });
}

/** The same, as many as there are rounds; one number stands for all rounds. @throws UserError, also for another number of them. */
export function roundList(option: string, text: string, rounds: number, range: NumberRange): number[] {
  const values = numberList(option, text, range);
  if (values.length === 1) return new Array<number>(rounds).fill(values[0]);
  if (values.length === rounds) return values;
  throw new UserError(`${option} is ${text}, ${values.length} numbers; allowed: one, or one for each of the ${rounds} slices`);
}
