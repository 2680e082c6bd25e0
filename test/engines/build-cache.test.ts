import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder, cacheKey, fetchEntry, storeEntry } from "../../sim/engines/build-cache";
import { contents, eachFolder } from "../cli/lapa";

const folder = eachFolder();
const at = (name: string): string => join(folder.path, name);
const cache = (): string => at("cache/tool");
const store = (key: string, text: string): Promise<void> => storeEntry(cache(), key, folder.file("source", text));

/** What a fetch gives: the text, or null. Whatever was in the file's place before must not be taken for it. */
async function fetched(key: string): Promise<string | null> {
  const file = folder.file("copy", "left from before");
  const found = await fetchEntry(cache(), key, file);
  expect(found || !existsSync(file)).toBe(true);
  return found ? readFileSync(file, "utf8") : null;
}

test("what is stored is fetched, with its permissions; the last one stored counts", async () => {
  expect(await fetched("a")).toBeNull();
  const program = folder.file("program", "#!\0\xff");
  chmodSync(program, 0o755);
  await storeEntry(cache(), "a", program);
  await store("b", "");
  expect(await fetchEntry(cache(), "a", at("copy"))).toBe(true);
  expect(readFileSync(at("copy"))).toEqual(readFileSync(program));
  expect(statSync(at("copy")).mode & 0o777).toBe(0o755);
  rmSync(at("copy"));
  expect([await fetched("b"), await fetched("c")]).toEqual(["", null]);
  expect(statSync(at("copy"), { throwIfNoEntry: false })).toBeUndefined();
  await store("b", "again");
  expect(await fetched("b")).toBe("again");
});

test.each<[string, (entry: string) => void]>([
  ["longer", (entry) => appendFileSync(join(entry, "content"), "x")],
  ["shorter", (entry) => truncateSync(join(entry, "content"), 3)],
  ["without its content", (entry) => rmSync(join(entry, "content"))],
  ["without its hash", (entry) => rmSync(join(entry, "sha256"))],
  ["with another hash", (entry) => writeFileSync(join(entry, "sha256"), "0".repeat(64))],
  ["a file", (entry) => { rmSync(entry, { recursive: true }); writeFileSync(entry, "text"); }],
  ["empty", (entry) => { rmSync(entry, { recursive: true }); mkdirSync(entry); }],
])("an entry that is %s is a miss, and is mended by the next store", async (_what, damage) => {
  await store("a", "text");
  damage(join(cache(), "a"));
  expect(await fetched("a")).toBeNull();
  await store("a", "text");
  expect(await fetched("a")).toBe("text");
});

test("stores and fetches at once: one of the texts, whole, and nothing left behind", async () => {
  const texts = Array.from({ length: 8 }, (_, i) => String(i).repeat(100_000));
  const sources = texts.map((text, i) => folder.file(`source${i}`, text));
  const read = async (i: number): Promise<string | null> => (await fetchEntry(cache(), "a", at(`copy${i}`)) ? readFileSync(at(`copy${i}`), "utf8") : null);
  const seen = await Promise.all(sources.flatMap((source, i) => [storeEntry(cache(), "a", source), read(i)]));
  for (const text of seen) if (typeof text === "string") expect(texts.includes(text)).toBe(true);
  expect(texts.includes((await fetched("a"))!)).toBe(true);
  expect(readdirSync(cache())).toEqual(["a"]);
});

test("a cache that cannot be written is left alone", async () => {
  // A file where a folder is wanted: permissions would not stop root.
  mkdirSync(at("cache"));
  writeFileSync(cache(), "somebody's");
  const before = contents(at("cache"));
  await store("a", "text");
  expect(await fetched("a")).toBeNull();
  expect(contents(at("cache"))).toEqual(before);
});

test("a source that is missing stores nothing, and keeps what is there", async () => {
  await store("a", "text");
  await storeEntry(cache(), "a", at("none"));
  expect(await fetched("a")).toBe("text");
  expect(readdirSync(cache())).toEqual(["a"]);
});

test("keeps the 64 entries used last", async () => {
  const name = (i: number): string => `entry${i}`;
  for (let i = 0; i < 64; i++) await store(name(i), `text ${i}`);
  for (let i = 0; i < 64; i++) utimesSync(join(cache(), name(i)), 1000 + i, 1000 + i);
  // Fetched, number 1 is the newest but for those that follow.
  expect(await fetched(name(1))).toBe("text 1");
  for (let i = 64; i < 67; i++) await store(name(i), `text ${i}`);
  const kept = [1, ...Array.from({ length: 63 }, (_, i) => i + 4)].map(name);
  expect(readdirSync(cache()).sort()).toEqual(kept.sort());
});

test("keys tell where one part ends and the next begins", () => {
  const keys = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ['a","bc'], []].map(cacheKey);
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(cacheKey(["ab", "c"])).toBe(keys[0]);
});

test("the folder is below XDG_CACHE_HOME, or ~/.cache where there is none", () => {
  const before = process.env.XDG_CACHE_HOME;
  try {
    process.env.XDG_CACHE_HOME = "/elsewhere";
    expect(cacheFolder("tool")).toBe("/elsewhere/lapa/tool");
    process.env.XDG_CACHE_HOME = "";
    expect(cacheFolder("tool")).toBe(join(homedir(), ".cache/lapa/tool"));
    delete process.env.XDG_CACHE_HOME;
    expect(cacheFolder("tool")).toBe(join(homedir(), ".cache/lapa/tool"));
  } finally {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  }
});
