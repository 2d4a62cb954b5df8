/** A row of a text table: its cells by the titles of their columns; of a second column of a title, `title 2`. */
export type TextRow = Readonly<Record<string, string>>;

/** The parts of a text report, which empty lines separate, as lines. */
export function textParts(report: string): string[][] {
  return report.split("\n\n").map((part) => part.split("\n").filter((line) => line !== ""));
}

/** The rows of the table under a heading; empty where there is none. Notes below it are left out. */
export function textTable(report: string, heading: string): TextRow[] {
  const part = textParts(report).find(([first]) => first === heading);
  return part ? readTable(part.slice(1)) : [];
}

/** What is below the table of a heading. */
export function textNotes(report: string, heading: string): string[] {
  const part = textParts(report).find(([first]) => first === heading) ?? [];
  return part.filter(isNote);
}

/** The rows of a table, its titles in the first line. Columns are where no line has text for two places. */
export function readTable(lines: readonly string[]): TextRow[] {
  const table = lines.filter((line) => !isNote(line));
  const width = Math.max(...table.map((line) => line.length));
  const isBlank = (at: number) => table.every((line) => (line[at] ?? " ") === " ");
  const columns: [from: number, to: number][] = [];
  for (let at = 0; at < width; at++) {
    if (isBlank(at)) continue;
    const last = columns.at(-1);
    if (last && at - last[1] < 2) last[1] = at + 1;
    else columns.push([at, at + 1]);
  }
  const cells = table.map((line) => columns.map(([from, to]) => line.slice(from, to).trim()));
  const seen = new Map<string, number>();
  const names = cells[0]!.map((title) => {
    seen.set(title, (seen.get(title) ?? 0) + 1);
    return seen.get(title) === 1 ? title : `${title} ${seen.get(title)}`;
  });
  return cells
    .slice(1)
    .map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]!])));
}

/** The lines of the summary: name → text, the lines of one name joined. */
export function summaryOf(report: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  let name = "";
  for (const line of textParts(report)[0]!) {
    name = line.slice(0, 12).trim() || name;
    found[name] = `${found[name] ?? ""} ${line.slice(12)}`.trim();
  }
  return found;
}

function isNote(line: string): boolean {
  return /^\* |^\d+ others? took/.test(line);
}
