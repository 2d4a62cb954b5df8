/** A bar of a waterfall: its place in the lane, as shares of the lane's width. */
export interface HtmlBar {
  readonly classes: readonly string[];
  readonly left: number;
  readonly width: number;
}

export interface HtmlRow {
  /** The texts of its cells, that of the lane left out. */
  readonly cells: readonly string[];
  readonly bars: readonly HtmlBar[];
  /** The width of a bar before a figure, as a share. */
  readonly share: number | undefined;
}

export interface HtmlTable {
  readonly caption: string;
  readonly titles: readonly string[];
  readonly rows: readonly HtmlRow[];
}

/** The markup of a page's section; undefined where there is none. */
export function sectionOf(page: string, id: string): string | undefined {
  return new RegExp(`<section id="${id}".*?</section>`, "s").exec(page)?.[0];
}

/** The tables of some markup. */
export function tablesOf(markup = ""): HtmlTable[] {
  return [...markup.matchAll(/<table.*?<\/table>/gs)].map(([table]) => {
    const rows = [...table.matchAll(/<tr.*?<\/tr>/gs)].map(([row]) => row);
    return {
      caption: plain(/<caption>(.*?)<\/caption>/s.exec(table)?.[1] ?? ""),
      titles: cellsOf(rows[0]!),
      rows: rows.slice(1).map((row) => ({
        cells: cellsOf(row),
        bars: barsOf(row),
        share: percentOf(/style="--w:([\d.]+)%"/.exec(row)?.[1]),
      })),
    };
  });
}

/** The table of a caption. */
export function captioned(markup: string | undefined, caption: string): HtmlTable | undefined {
  return tablesOf(markup).find((table) => table.caption === caption);
}

/** The facts of a section: name → value and note. */
export function factsOf(markup: string): Readonly<Record<string, readonly [string, string]>> {
  const facts = markup.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<small>(.*?)<\/small><\/dd>/gs);
  return Object.fromEntries(
    [...facts].map(([, name, value, note]) => [plain(name!), [plain(value!), plain(note!)]]),
  );
}

/** Markup as its reader sees it. */
export function plain(markup: string): string {
  const text = markup
    .replace(/<[^>]+>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
  const named = { lt: "<", gt: ">", quot: '"', amp: "&" } as const;
  return text.replace(/&(lt|gt|quot|amp);/g, (_, name: keyof typeof named) => named[name]).trim();
}

/** The data for the page's script. */
export function dataOf(page: string) {
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)!;
  return JSON.parse(json!);
}

/** The numbers whose differences, each to the one before, a column has. */
export function summedUp(differences: readonly number[]): number[] {
  let sum = 0;
  return differences.map((difference) => {
    sum += difference;
    return sum;
  });
}

function cellsOf(row: string): string[] {
  const cells = [...row.matchAll(/<t([hd])([^>]*)>(.*?)<\/t\1>/gs)];
  return cells
    .filter(([, , attributes]) => !attributes!.includes("lane"))
    .map(([, , , text]) => plain(text!));
}

function barsOf(row: string): HtmlBar[] {
  const bars = row.matchAll(/<i class="([^"]*)" style="--left:(-?[\d.]+)%;width:(-?[\d.]+)%">/g);
  return [...bars].map(([, classes, left, width]) => ({
    ...{ classes: classes!.split(" "), left: percentOf(left)!, width: percentOf(width)! },
  }));
}

function percentOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text) / 100;
}
