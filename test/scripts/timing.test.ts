import { readFileSync } from "node:fs";
import { join } from "node:path";
import { timingJson } from "../../scripts/timing";
import { rowAccount } from "../../sim/row-account";
import { workedExample } from "../../sim/worked-example";
import { speculationParameters } from "../../generator/lapa/units";

const docs = join(__dirname, "..", "..", "..", "docs");
const page = (name: string): string => readFileSync(join(docs, name), "utf8");

test("the timing diagram is drawn from what the simulation does", async () => {
  expect(page("speculation-timing.json")).toBe(await timingJson());
});

test("a row's account adds up", () => {
  const { config, head } = workedExample();
  const params = speculationParameters(config);
  for (let row = 0; row < 4; row++) {
    const { coefficients, reach, rounds, survivors } = rowAccount(params, head, row);
    expect(reach).toBe(coefficients.reduce((sum, c) => sum + Math.abs(c), 0));
    rounds.forEach(({ keys, filter }, r) => {
      for (const { key, slices, score, stays } of keys) {
        const before = r === 0 ? 0 : rounds[r - 1].keys.find((k) => k.key === key)!.score * 2 ** config.slices[r];
        expect(score).toBe(before + slices.reduce((sum, s, c) => sum + s * coefficients[c], 0));
        expect(stays).toBe(score >= filter!.threshold);
      }
    });
    expect(rounds.at(-1)!.keys.filter((k) => k.stays).map((k) => k.key)).toEqual(survivors);
  }
  expect(() => rowAccount(params, head, 4)).toThrow("there is no query 4 among 4");
  expect(() => rowAccount({ ...params, logSide: "key", window: null }, head, 0)).toThrow("an account is of a query that is the log operand");
});
