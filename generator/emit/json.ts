/** JSON for people: the outer levels a line an entry, the inner ones in one line. */

/** JSON text of `value`, plain data, with `levels` levels of lists and objects spread over lines. */
export function spreadJson(value: unknown, levels: number, indent = ""): string {
  if (levels === 0 || value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const entries = Object.entries(value).map(([key, item]) => (isList ? "" : `${JSON.stringify(key)}: `) + spreadJson(item, levels - 1, inner));
  const [open, close] = isList ? "[]" : "{}";
  return entries.length === 0 ? `${open}${close}` : `${open}\n${entries.map((e) => inner + e).join(",\n")}\n${indent}${close}`;
}
