/** The study of the speculation unit (sim/study.ts) as Markdown. */

import { type Choice, type Group, studied, studiedRadius, type StudyFigures } from "../sim/study";

/** A group of heads with all that was found out about it. */
export interface Studied {
  readonly group: Group;
  /** What exact scores keep and lose. */
  readonly exact: Pick<StudyFigures, "kept" | "massLost">;
  readonly rows: readonly { readonly choice: Choice; readonly figures: StudyFigures }[];
}

/** A choice from which one thing at a time is changed: the defaults of the unit. */
const usual: Choice = { slices: [4, 4], terms: 1, window: 4, guard: 6 };

/**
 * The whole page.
 * @param title its heading. @param command what makes it. @param origin a paragraph on where the heads are from.
 * @param describe what is said of a group.
 */
export function studyPage(title: string, command: string, origin: string, describe: (group: Group) => string, studies: readonly Studied[]): string {
  return [
    `# ${title}`, "",
    `Made by \`${command}\`; not to be edited. The figures are those of \`lapa predict\` with radius ${studiedRadius} in all rounds, and are defined in`,
    "[prediction.md](prediction.md): kept, after the last round; recall; lost, the attention weight of dropped keys; KL; output, the relative error",
    "of the attention output; K bits and adder, of what exact scores read and add.", "",
    origin, "",
    ...studies.map(({ group }) => `- \`${group.name}\`: ${describe(group)}`), "",
    "## One thing at a time", "",
    `The defaults are ${slicesOf(usual)}, one term, window ${usual.window}, guard ${usual.guard}; each table changes one of them, the last two.`, "",
    ...comparisons(studies),
    "## Every combination", "",
    ...studies.flatMap(grid),
  ].join("\n");
}

/** How many heads of what size. */
export function headsOf({ traces }: Group): string {
  const sizes = [...new Set(traces.map(({ nQ, nK, dim }) => [...new Set([nQ, nK]), dim].map((n) => n.toLocaleString("en")).join(" x ")))];
  return `${traces.length} ${traces.length === 1 ? "head" : "heads"} of ${sizes.join(", ")}${traces.every((t) => t.causal) ? ", causal" : ""}`;
}

/** What the files of traces say about their model. */
export function sourceOf({ traces }: Group): string {
  return [...new Set(traces.map(({ meta }) => ["model", "package", "license"].flatMap((key) => meta.get(key) ?? []).join("; ")))].join(" and ");
}

function comparisons(studies: readonly Studied[]): string[] {
  const exact = ["exact scores", ...studies.flatMap(({ exact: { kept, massLost } }) => [short(kept), short(massLost), short(1), short(1)])];
  const table = (what: string, choices: readonly (readonly [string, Choice])[], first: readonly (readonly string[])[] = []): string[] => [
    row([what, ...studies.flatMap(({ group }) => [`${group.name}: kept`, "lost", "K bits", "adder"])]), rule(1 + 4 * studies.length),
    ...first.map(row), ...choices.map(([name, choice]) => row([name, ...studies.flatMap((s) => shortFigures(figuresOf(s, choice)))])), "",
  ];
  const sliced = studied.slices.map((slices): [string, Choice] => [slices.join(","), { ...usual, slices }]);
  const guarded = sliced.slice(1).flatMap(([name, choice]) => studied.guards.map((guard): [string, Choice] => [`${name}, ${guard}`, { ...choice, guard }]));
  return [
    ...table("slices", sliced, [exact]),
    ...table("terms", studied.terms.map((terms) => [String(terms), { ...usual, terms }])),
    ...table("window", studied.windows.map((window) => [window === null ? "none" : String(window), { ...usual, window }])),
    ...table("slices, guard", guarded),
  ];
}

/** The figures of a choice. Where there is one round the guard does not count, and was not varied. */
function figuresOf({ rows }: Studied, { slices, terms, window, guard }: Choice): StudyFigures {
  const same = (c: Choice): boolean => c.slices.join() === slices.join() && c.terms === terms && c.window === window && (slices.length === 1 || c.guard === guard);
  return rows.find(({ choice }) => same(choice))!.figures;
}

/** The table of one group, with all its combinations. */
export function grid({ group, rows }: Studied): string[] {
  const head = row(["slices", "terms", "window", "guard", "kept", "recall", "lost", "KL", "output", "K bits", "adder"]);
  return [`### ${group.name}`, "", head, rule(11), ...rows.map(({ choice, figures }) => gridRow(choice, figures)), ""];
}

/** A line of such a table. */
export function gridRow({ slices, terms, window, guard }: Choice, figures: StudyFigures): string {
  const { kept, recall, massLost, divergence, outputError, keyBits, adderBits } = figures;
  const numbers = [kept, recall, massLost, divergence, outputError, keyBits, adderBits].map((x) => (x === null ? "-" : x.toFixed(4)));
  return row([slices.join(","), String(terms), window === null ? "none" : String(window), slices.length === 1 ? "-" : String(guard), ...numbers]);
}

const shortFigures = ({ kept, massLost, keyBits, adderBits }: StudyFigures): string[] => [kept, massLost, keyBits, adderBits].map(short);

const short = (x: number): string => x.toFixed(3);

const slicesOf = ({ slices }: Choice): string => `slices ${slices.join(",")}`;

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const rule = (columns: number): string => `|${"---|".repeat(columns)}`;
