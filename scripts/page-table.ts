/** Tables that scripts put into pages that people write. */

/** The page with this table: its place is between two comments with its name. @throws Error where these are not there. */
export function withTable(page: string, name: string, table: string): string {
  const [begins, ends] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(begins), page.indexOf(ends)];
  if (from < 0 || to < from) throw new Error(`there is no place for the table of ${name}`);
  return `${page.slice(0, from)}${begins}\n\n${table}\n\n${page.slice(to)}`;
}
