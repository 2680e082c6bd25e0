/** The same design gives the same bytes: wherever, whenever, in whatever language, and for whomever. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { contents } from "./lapa";

const examples = resolve(__dirname, "../../../examples");
const designs = readdirSync(examples).filter((name) => name.endsWith(".ts")).sort();

const commands = [
  ["generate", "--out", "out/default"],
  ["generate", "--config", "aloc-dot-15", "--dialect", "systemverilog", "--reset", "async-low", "--set", "name=fifteen", "--out", "out/fifteen"],
  ["vectors", "--limit", "50", "--out", "out/vectors"],
  ["vectors", "--config", "aloc-8", "--trace", "corners", "--seed", "7", "--out", "out/corners"],
  ...designs.map((file) => ["elaborate", `examples/${file}`, "--out", `out/${basename(file, ".ts")}`]),
];

/** Runs commands one after the other in one process, as `lapa` would each. */
const driver = `
  const { run } = require(${JSON.stringify(resolve(__dirname, "../../generator/cli/run"))});
  (async () => {
    for (const argv of JSON.parse(process.argv[1])) {
      const code = await run(argv, { out: () => {}, err: (text) => process.stderr.write(text), watched: false });
      if (code !== 0) process.exit(code);
    }
  })();
`;

/** Loaded before everything else: fifteen years later, on another machine, by another person. */
const elsewhere = `
  const os = require("node:os");
  os.userInfo = () => ({ uid: 7, gid: 7, username: "gwendolyn", homedir: "/gwendolyn", shell: null });
  os.hostname = () => "gwendolyn";
  const RealDate = Date;
  const now = () => RealDate.now() + 15 * 365 * 86_400_000;
  globalThis.Date = class extends RealDate {
    constructor(...given) { super(...(given.length === 0 ? [now()] : given)); }
    static now() { return now(); }
  };
`;

interface Place {
  readonly folder: string;
  readonly umask: string;
  readonly env: Readonly<Record<string, string>>;
  readonly commands: readonly (readonly string[])[];
}

let root: string;
let here: Place;
let there: Place;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lapa-same-")));
  writeFileSync(join(root, "elsewhere.cjs"), elsewhere);
  here = place("here", "022", { TZ: "UTC", LANG: "C", LC_ALL: "C", USER: "alice" }, commands);
  // In another order, too: what one design leaves behind in the process must not show in the next.
  there = place("some where/gwendolyn", "077", {
    TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", USER: "gwendolyn", LOGNAME: "gwendolyn", NODE_OPTIONS: `--require ${join(root, "elsewhere.cjs")}`,
  }, commands.toReversed());
});
afterAll(() => rmSync(root, { recursive: true }));

/** A working folder with a home, a folder for temporary files, and the examples in it. */
function place(name: string, umask: string, env: Place["env"], inOrder: Place["commands"]): Place {
  const folder = join(root, name);
  for (const inner of ["home", "tmp", "work/out"]) mkdirSync(join(folder, inner), { recursive: true });
  cpSync(examples, join(folder, "work", "examples"), { recursive: true });
  return { folder, umask, commands: inOrder, env: { PATH: process.env["PATH"]!, HOME: join(folder, "home"), TMPDIR: join(folder, "tmp"), ...env } };
}

/** Runs the commands in a place. @returns what they wrote, by path. */
function written({ folder, umask, env, commands: inOrder }: Place): Record<string, string> {
  const { status, stderr } = spawnSync("sh", ["-c", `umask ${umask}; exec "$0" "$@"`, process.execPath, "-e", driver, JSON.stringify(inOrder)], {
    cwd: join(folder, "work"), env, encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return contents(join(folder, "work", "out"));
}

test("the same bytes in another folder, home, language, time zone and year; with a warm cache; in another order", () => {
  const first = written(here);
  expect(Object.keys(first).filter((path) => path.endsWith("manifest.json"))).toHaveLength(2 + designs.length);
  expect(readdirSync(join(here.folder, "home/.cache/lapa/designs"))).toHaveLength(designs.length);
  expect(written(there)).toEqual(first);
  expect(written(here)).toEqual(first);
});

test("nothing that is written says where, when or by whom", () => {
  const project = resolve(examples, "..");
  const year = new Date().getFullYear();
  const telling = new RegExp([root, project, "gwendolyn", "alice", "/home/", "\\b\\d{4}-\\d\\d-\\d\\d", `\\b(${year}|${year + 15})\\b`, "\\d\\d:\\d\\d:\\d\\d"].join("|"));
  const told = Object.entries(contents(join(there.folder, "work", "out"))).filter(([path, text]) => !path.endsWith(".hex") && telling.test(text));
  expect(told.map(([path, text]) => `${path}: ${telling.exec(text)![0]}`)).toEqual([]);
});
