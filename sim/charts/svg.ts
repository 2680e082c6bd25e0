/** What all charts share: one SVG without scripts, fonts or pictures from elsewhere, legible on light and dark. */

export type Shade = "light" | "dark";

const shades = {
  light: { paper: "#ffffff", ink: "#222222", grid: "#dddddd" },
  dark: { paper: "#15181c", ink: "#e6e6e6", grid: "#383d44" },
} as const;

/** The widest usual font takes so many pixels a letter. */
export const letter = 8;

/**
 * A page of `width` x `height` pixels, with its title.
 * @param style rules that are the same on light and dark. @param rules those that are not.
 */
export function svgPage(title: string, width: number, height: number, style: string, rules: (shade: Shade, paper: string, ink: string) => string, body: readonly string[]): string {
  const shaded = (shade: Shade): string => {
    const { paper, ink, grid } = shades[shade];
    return `.paper{fill:${paper}}text{fill:${ink}}.grid{stroke:${grid}}${rules(shade, paper, ink)}`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>text{font:13px system-ui,sans-serif}.title{font-size:16px;font-weight:600}${style}
${shaded("light")}
@media(prefers-color-scheme:dark){${shaded("dark")}}</style>
<rect class="paper" width="${width}" height="${height}"/>
${body.join("\n")}
</svg>
`;
}

/** Text as XML and HTML have it. */
export function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (c) => entities[c]);
}
