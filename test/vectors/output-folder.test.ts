import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../../generator/errors";
import { writeFolder } from "../../generator/output-folder";
import { contents, eachFolder } from "../cli/lapa";

const folder = eachFolder();
const at = (name: string): string => join(folder.path, name);
const marker = JSON.stringify({ schema: "lapa-manifest/1", files: ["a.v", "b.v", "below/b.v"].map((path) => ({ path })) });
const files = (texts: Record<string, string>): Map<string, string> => new Map(Object.entries(texts));
const old = { "manifest.json": marker, "a.v": "old", "below/b.v": "old" };

/** A map that does something before it gives out its entry number `at`, or after all of them. */
class Watched extends Map<string, string> {
  constructor(texts: Record<string, string>, readonly at: number, readonly act: () => void) {
    super(Object.entries(texts));
  }

  override *[Symbol.iterator](): MapIterator<[string, string]> {
    let i = 0;
    for (const entry of this.entries()) {
      if (i++ === this.at) this.act();
      yield entry;
    }
    if (i === this.at) this.act();
  }
}

/** Holds a write against being a user's mistake that changes nothing. @returns the message. */
async function refusal(dir: string): Promise<string> {
  const before = contents(folder.path);
  const error: unknown = await writeFolder(dir, files({ "a.v": "new" })).then(() => null, (e: unknown) => e);
  if (!(error instanceof UserError)) throw new Error(`not a user's mistake: ${String(error)}`);
  expect(contents(folder.path)).toEqual(before);
  return error.message;
}

test("writes beside the folder, which stays as it was until everything is there", async () => {
  await writeFolder(at("out"), files(old));
  let seen: unknown;
  await writeFolder(at("out"), new Watched({ "a.v": "new", "deep/er/c.v": "new" }, 1, () => {
    const beside = readdirSync(folder.path).filter((name) => name !== "out");
    expect(beside).toEqual([expect.stringMatching(/^\.lapa-tmp-/)]);
    seen = { out: contents(at("out")), beside: contents(at(beside[0])) };
  }));
  expect(seen).toEqual({ out: old, beside: { "a.v": "new" } });
  expect(contents(folder.path)).toEqual({ "out/a.v": "new", "out/deep/er/c.v": "new" });
});

test.each<[string, Record<string, string>]>([
  ["a file where a folder is wanted", { "a.v": "new", "a.v/b.v": "new" }],
  ["a name that is too long", { "a.v": "new", ["b".repeat(300)]: "new" }],
])("a failure half way leaves the folder as it was: %s", async (_what, texts) => {
  await writeFolder(at("out"), files(old));
  await expect(writeFolder(at("out"), files(texts))).rejects.toThrow();
  expect(contents(folder.path)).toEqual(Object.fromEntries(Object.entries(old).map(([name, text]) => [`out/${name}`, text])));
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

test("the old folder comes back when the new one cannot take its name", async () => {
  await writeFolder(at("out"), files(old));
  const lose = (): void => readdirSync(folder.path).filter((name) => name !== "out").forEach((name) => rmSync(at(name), { recursive: true }));
  await expect(writeFolder(at("out"), new Watched({ "a.v": "new" }, 1, lose))).rejects.toThrow(UserError);
  expect(contents(at("out"))).toEqual(old);
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s half way leaves the folder as it was, and nothing beside it", async (signal) => {
  await writeFolder(at("out"), files(old));
  const script = `
    const { writeFolder } = require(${JSON.stringify(resolve(__dirname, "../../generator/output-folder.js"))});
    class Interrupted extends Map {
      *[Symbol.iterator]() {
        for (const entry of this.entries()) {
          if (entry[0] === "10") process.kill(process.pid, "${signal}");
          yield entry;
        }
      }
    }
    writeFolder(process.argv[1], new Interrupted(Array.from({ length: 10000 }, (_, i) => [String(i), "new"])));`;
  expect(spawnSync(process.execPath, ["-e", script, at("out")], { encoding: "utf8" })).toMatchObject({ signal, stderr: "" });
  expect(contents(at("out"))).toEqual(old);
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

test("two writes at once: one of them, whole", async () => {
  const texts = ["1", "2"].map((text) => ({ "manifest.json": marker, "a.v": text, "b.v": text }));
  await Promise.all(texts.map((t) => writeFolder(at("out"), files(t))));
  expect(texts).toContainEqual(contents(at("out")));
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

test.each(["", ".", "..", "../a", "a/../../b", "a/..", "/a", "./a", "a//b", "a/", "a\\b"])("the path %j is refused before anything is written", async (path) => {
  await expect(writeFolder(at("out"), files({ "a.v": "new", [path]: "new" }))).rejects.toThrow(RangeError);
  expect(readdirSync(folder.path)).toEqual([]);
});

test("names that only look odd are written", async () => {
  const odd = { "..a": "1", "b..": "2", "c/..d": "3", "e f.v": "4", "...": "5" };
  await writeFolder(at("out"), files(odd));
  expect(contents(at("out"))).toEqual(odd);
});

test("what cannot be written is the user's mistake", async () => {
  folder.file("file", "text");
  expect(await refusal(at("file"))).toMatch(/cannot write .*file: it is a file/);
  expect(await refusal(at("file/out"))).toMatch(/cannot write .*: there is no folder .*file$/);
  expect(await refusal(at("none/out"))).toMatch(/there is no folder .*none$/);
  expect(await refusal(at("x".repeat(300)))).toMatch(/cannot write .*ENAMETOOLONG/);
  // Nobody makes folders there, root neither.
  expect(await refusal("/proc/lapa-out")).toMatch(/^cannot write \/proc\/lapa-out: /);
});

describe("a folder that is there", () => {
  test.each(["out", "out/below"])("is refused while somebody works in %s", async (name) => {
    await writeFolder(at("out"), files(old));
    const cwd = jest.spyOn(process, "cwd").mockReturnValue(at(name));
    expect(await refusal(at("out"))).toMatch(/the working directory is in it/);
    cwd.mockReturnValue(at("outside"));
    await writeFolder(at("out"), files({ "a.v": "new" }));
    cwd.mockRestore();
    expect(contents(at("out"))).toEqual({ "a.v": "new" });
  });

  test("is used when it is empty, and not when it holds something of somebody else's", async () => {
    mkdirSync(at("out"));
    await writeFolder(at("out"), files({ "a.v": "new" }));
    expect(contents(at("out"))).toEqual({ "a.v": "new" });
    // Without a marker of ours it is not known as ours.
    expect(await refusal(at("out"))).toMatch(/is not empty, and lapa did not write it/);
  });

  test.each([
    ["somebody's manifest", { "manifest.json": '{ "schema": "other/1" }' }], ["a manifest without schema", { "manifest.json": "{}" }],
    ["what is no JSON", { "manifest.json": "lapa-manifest/1" }], ["null", { "vectors.json": "null" }], ["text", { "vectors.json": '"lapa-vectors/1"' }],
    ["a marker further down", { "below/manifest.json": marker }], ["a marker's folder", { "manifest.json/a": marker }], ["a hidden file", { ".gitkeep": "" }],
  ])("is refused with %s in it", async (_what, texts) => {
    await writeFolder(at("out"), files(texts as Record<string, string>));
    expect(await refusal(at("out"))).toMatch(/is not empty, and lapa did not write it/);
  });

  test.each(["manifest.json", "vectors.json"])("is replaced when its %s is lapa's and lists all that is in it", async (name) => {
    await writeFolder(at("out"), files({ [name]: marker, "a.v": "old" }));
    mkdirSync(at("out/obj_dir"));
    writeFileSync(at("out/obj_dir/Vtb"), "somebody's");
    expect(await refusal(at("out"))).toMatch(/holds obj_dir\/Vtb, which lapa did not write and would be lost/);
    rmSync(at("out/obj_dir"), { recursive: true });
    await writeFolder(at("out"), files({ "b.v": "new" }));
    expect(contents(folder.path)).toEqual({ "out/b.v": "new" });
  });

  test.each([["manifest.json", "vectors.json", "RTL"], ["vectors.json", "manifest.json", "vectors"]])("with a %s is not replaced by one with a %s", async (old, next, what) => {
    const held = { [old]: marker, "a.v": "old" };
    await writeFolder(at("out"), files(held));
    await expect(writeFolder(at("out"), files({ [next]: marker, "a.v": "new" }))).rejects.toThrow(new RegExp(`out holds ${what}, which would be lost`));
    expect(contents(at("out"))).toEqual(held);
    await writeFolder(at("out"), files({ ...held, "a.v": "new" }));
    expect(contents(at("out"))).toEqual({ ...held, "a.v": "new" });
  });

  test("is replaced where it is, when its name is a link", async () => {
    mkdirSync(at("real"));
    symlinkSync("real", at("link"));
    await writeFolder(at("link"), files({ "a.v": "new" }));
    expect(lstatSync(at("link")).isSymbolicLink() && existsSync(at("real/a.v"))).toBe(true);
    expect(readdirSync(folder.path).sort()).toEqual(["link", "real"]);
  });
});
