/** `lapa explain`: what a diagnostic means. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors";
import { command } from "./command";
import { diagnosticPages } from "./package";

const pages = (): string[] => readdirSync(diagnosticPages).filter((f) => /^LAPA-[EW]\d{3}\.md$/.test(f)).map((f) => f.slice(0, -".md".length)).sort();
const page = (code: string): string => readFileSync(join(diagnosticPages, `${code}.md`), "utf8");

/** The heading without the code. */
const title = (code: string): string => /^# \S+:? +(.*)$/m.exec(page(code))?.[1] ?? "";

/** The code as its page is named: `e12`, `E012` and `lapa-e012` are all LAPA-E012. */
function codeOf(text: string): string {
  const parts = /^(?:LAPA-?)?([EW])-?(\d{1,3})$/i.exec(text.trim());
  const code = parts === null ? text : `LAPA-${parts[1].toUpperCase()}${parts[2].padStart(3, "0")}`;
  const known = pages();
  if (known.includes(code)) return code;
  throw new UserError(`there is no diagnostic "${text}"`, `known: ${summary(known)}; lapa explain lists them with their titles`);
}

/** All codes in few words: `LAPA-E001 to E007, E009; LAPA-W001 to W004`. Numbers may be missing: a code is never given anew. */
function summary(known: readonly string[]): string {
  const ofKind = (kind: string): string => {
    const numbers = known.filter((c) => c[5] === kind).map((c) => Number(c.slice(-3)));
    const starts = numbers.filter((n) => !numbers.includes(n - 1));
    const ends = numbers.filter((n) => !numbers.includes(n + 1));
    const code = (n: number): string => kind + String(n).padStart(3, "0");
    return starts.map((from, i) => (from === ends[i] ? code(from) : `${code(from)} to ${code(ends[i])}`)).join(", ");
  };
  return ["E", "W"].map((kind) => `LAPA-${ofKind(kind)}`).join("; ");
}

export const explainCommand = command({
  positional: { name: "code", describe: "a diagnostic's code, such as LAPA-E012, E012 or e12; without one, all are listed", required: false },
  options: {},
  examples: [
    ["explain LAPA-E012", "What the diagnostic means, an example that fails, and one that passes"],
    ["explain e12", "The same"],
    ["explain", "All codes and their titles"],
  ],
  run: async ({ operand }, { say }) => {
    if (operand === undefined) {
      const all = pages().map((code) => ({ code, title: title(code) }));
      for (const p of all) say(`${p.code}  ${p.title}`);
      return { ok: true, result: { diagnostics: all } };
    }
    const code = codeOf(operand);
    say(page(code).trimEnd());
    return { ok: true, result: { code, title: title(code), page: page(code) } };
  },
});
