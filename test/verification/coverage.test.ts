import { Coverage } from "../../sim/verification/coverage";

test("points that were hit are counted, the others are named", () => {
  const coverage = new Coverage();
  coverage.declare("stalls", ["none", "light"]);
  coverage.declare("entries", [0, 1, 2]);
  coverage.hit("entries", 1);
  coverage.declare("entries", [1, 3]);
  expect(coverage.summary()).toEqual([
    { kind: "stalls", points: 2, hit: 0, missing: ["none", "light"] },
    { kind: "entries", points: 4, hit: 1, missing: ["0", "2", "3"] },
  ]);
});

test("what one has hit, another one may take over", () => {
  const [all, more] = [new Coverage(), new Coverage()];
  all.declare("modes", ["radius", "blend"]);
  all.hit("modes", "radius");
  more.declare("modes", ["blend", "dense"]);
  more.hit("modes", "dense");
  all.include(more);
  expect(all.summary()).toEqual([{ kind: "modes", points: 3, hit: 2, missing: ["blend"] }]);
});

test("a point that nobody declared is refused", () => {
  const coverage = new Coverage();
  coverage.declare("modes", ["radius"]);
  expect(() => coverage.hit("modes", "blend")).toThrow("modes has no point blend");
  expect(() => coverage.hit("codes", 1)).toThrow("codes has no point 1");
});
