/** An SVG is well formed, needs nothing from elsewhere, and has colours for light and for dark. Its title is `a < b & c`. */
export function expectStandsAlone(svg: string): void {
  expect(svg.match(/https?:[^"]*/g)).toEqual(["http://www.w3.org/2000/svg"]);
  expect(svg).not.toMatch(/<script|@import|url\(|href|src=/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(svg).toContain("a &lt; b &amp; c");
  expect(svg).toMatch(/prefers-color-scheme:dark/);
  const open: string[] = [];
  for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)(?:[^<>"]|"[^"<>]*")*?(\/?)>/g)) {
    if (close === "/") expect(open.pop()).toBe(name);
    else if (self === "") open.push(name);
  }
  expect(open).toEqual([]);
}
