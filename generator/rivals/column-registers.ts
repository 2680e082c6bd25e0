/** Where a column that is measured has its registers. Those of the key's operand and of the sum are always there. */
export type ColumnRegisters = {
  /** Whether the row's operand is held outside, once for all columns, and not in this one. */
  readonly rowIsShared: boolean;
  /** One rank between operands and sum: behind the terms, that is the products, or where it cuts the way in half. */
  readonly registersAt: "terms" | "tree";
};
