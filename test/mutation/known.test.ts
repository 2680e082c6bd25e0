import { knownSurvivors } from "../../sim/mutation/known";

const read = (survivors: unknown) => knownSurvivors(JSON.stringify({ survivors }), "list.json");
const entry = { config: "tiny", fault: "m a [stuck] b -> 1'b0", reason: "nobody reads it" };

test("a list of faults with reasons", () => {
  expect(read([])).toEqual([]);
  expect(read([entry])).toEqual([entry]);
});

test.each([
  ["no JSON", "{", /is not JSON/], ["no list", "{}", /no list of survivors/], ["nothing", "null", /no list of survivors/],
  ["no reason", JSON.stringify({ survivors: [{ ...entry, reason: " " }] }), /entry 1 is not/],
  ["something else", JSON.stringify({ survivors: [entry, { ...entry, fault: "x", since: 1 }] }), /entry 2 is not/],
  ["an entry twice", JSON.stringify({ survivors: [entry, entry] }), /listed twice for tiny/],
])("refuses %s", (_, text, message) => {
  expect(() => knownSurvivors(text, "list.json")).toThrow(message);
});
