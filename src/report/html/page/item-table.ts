import { formatBytes, formatOffset } from "../../units.js";
import { byId, element } from "./dom.js";
import type { PageModel, SideModel } from "./page-model.js";
import { momentText, OWN_CLOCK, onTheWay, tookText } from "./words.js";

const ROW = 30;
/** Rows beyond the visible ones, and rows that go to paper at most. */
const AHEAD = 12;
const PRINTED = 2000;

interface Column {
  readonly title: string;
  readonly numeric: boolean;
  readonly value: (item: number) => number | string;
  readonly text: (item: number) => string;
  /** Whether it names the row. */
  readonly names?: true;
}

/** The table of all items: searched, sorted, and only the rows in view are in the page. */
export class ItemTable {
  readonly #model: PageModel;
  readonly #select: (item: number) => void;
  readonly #box = byId("item-table");
  readonly #body = element("tbody");
  readonly #columns: readonly Column[];
  readonly #headers: HTMLElement[];
  #order: number[];
  /** Without a column, items are in the order of the stream. */
  #sorted: { column: number | undefined; down: boolean } = { column: undefined, down: false };
  #selected: number | undefined;
  #printing = false;

  constructor(model: PageModel, select: (item: number) => void) {
    this.#model = model;
    this.#select = select;
    this.#order = model.labels.map((_, index) => index);
    this.#columns = columnsOf(model);
    this.#headers = this.#columns.map((column, index) => this.#header(column, index));
    const head = element("thead", {}, element("tr", {}, ...this.#headers));
    const table = element("table", { class: "grid", "aria-rowcount": String(model.count) });
    table.append(head, this.#body);
    this.#box.replaceChildren(table);
    this.#box.addEventListener("scroll", () => this.#render());
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    byId("search").addEventListener("input", () => this.#arrange());
    addEventListener("beforeprint", () => this.#print(true));
    addEventListener("afterprint", () => this.#print(false));
    new ResizeObserver(() => this.#render()).observe(this.#box);
    this.#arrange();
  }

  /** Marks an item's row and brings it into view. */
  mark(item: number | undefined): void {
    this.#selected = item;
    const row = item === undefined ? -1 : this.#order.indexOf(item);
    if (row >= 0) {
      const top = row * ROW;
      const room = this.#box.clientHeight - 2 * ROW;
      if (top < this.#box.scrollTop) this.#box.scrollTop = top;
      if (top > this.#box.scrollTop + room) this.#box.scrollTop = top - room;
    }
    this.#render();
  }

  #header({ title, numeric }: Column, index: number): HTMLElement {
    const button = element("button", { type: "button" }, title);
    button.addEventListener("click", () => {
      const { column, down } = this.#sorted;
      this.#sorted = { column: index, down: column === index && !down };
      this.#arrange();
    });
    return element("th", { scope: "col", class: numeric ? "n" : "" }, button);
  }

  #key(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const row = this.#selected === undefined ? -1 : this.#order.indexOf(this.#selected);
    const next = this.#order[Math.max(0, Math.min(row + by, this.#order.length - 1))];
    if (next !== undefined) this.#select(next);
  }

  /** Searches and sorts. */
  #arrange(): void {
    const wanted = (byId("search") as HTMLInputElement).value.trim().toLowerCase();
    const { labels, count } = this.#model;
    const { column, down } = this.#sorted;
    const value = column === undefined ? (item: number) => item : this.#columns[column]!.value;
    this.#order = labels.flatMap((label, item) =>
      label.toLowerCase().includes(wanted) ? [item] : [],
    );
    this.#order.sort((a, b) => compare(value(a), value(b), down) || a - b);
    for (const [index, header] of this.#headers.entries()) {
      if (index === column) header.setAttribute("aria-sort", down ? "descending" : "ascending");
      else header.removeAttribute("aria-sort");
    }
    const all = count.toLocaleString("en");
    byId("item-count").textContent =
      wanted === "" ? all : `${this.#order.length.toLocaleString("en")} of ${all}`;
    this.#box.scrollTop = 0;
    this.#render();
  }

  #print(printing: boolean): void {
    this.#printing = printing;
    this.#render();
  }

  #render(): void {
    const first = this.#printing ? 0 : Math.max(0, Math.floor(this.#box.scrollTop / ROW) - AHEAD);
    const shown = this.#printing ? PRINTED : Math.ceil(this.#box.clientHeight / ROW) + 2 * AHEAD;
    const behind = Math.min(this.#order.length, first + shown);
    const rows = this.#order
      .slice(first, behind)
      .map((item, index) => this.#row(item, first + index));
    this.#body.replaceChildren(
      ...spacer(first),
      ...rows,
      ...spacer(this.#printing ? 0 : this.#order.length - behind),
    );
  }

  #row(item: number, index: number): HTMLElement {
    const failed = item === this.#model.failed?.item;
    const cells = this.#columns.map(({ numeric, text, names }) =>
      names
        ? element(
            "th",
            { scope: "row", style: `padding-left:${10 + this.#model.depths[item]! * 16}px` },
            text(item),
            failed && element("strong", { class: "failed" }, " failed here"),
          )
        : element("td", { class: numeric ? "n" : "" }, text(item)),
    );
    const selected = item === this.#selected;
    const row = element(
      "tr",
      {
        ...{ "aria-rowindex": String(index + 2), "data-item": String(item) },
        ...(failed && { class: "failing" }),
      },
      ...cells,
    );
    if (selected) row.setAttribute("aria-current", "true");
    row.addEventListener("click", () => this.#select(item));
    return row;
  }
}

function spacer(rows: number): HTMLElement[] {
  if (rows <= 0) return [];
  return [
    element("tr", { class: "spacer", "aria-hidden": "true", style: `height:${rows * ROW}px` }),
  ];
}

/** The order of two values; those that are unknown come last, whatever the direction. */
function compare(a: number | string, b: number | string, down: boolean): number {
  const sign = down ? -1 : 1;
  if (typeof a === "string" || typeof b === "string")
    return sign * String(a).localeCompare(String(b));
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return Number.isNaN(b) ? -1 : sign * (a - b);
}

/** What stands for a time that is not there, by an item's status. */
const NO_TIME: Readonly<Record<string, string>> = { t: "–", u: "·", m: "?" };

function columnsOf(model: PageModel): Column[] {
  const { offsets, sizes, labels, source, destination, placed, streamed } = model;
  const numeric = (
    title: string,
    value: (item: number) => number,
    text: (value: number) => string,
  ): Column => ({ ...{ title, numeric: true, value }, text: (item) => text(value(item)) });
  const label = (item: number) => labels[item]!;
  const side = (title: string, data: SideModel): Column[] => {
    const { start, end, statuses } = data;
    if (![...statuses].some((status) => status !== "n")) return [];
    const isTimed = (item: number) => !Number.isNaN(start[item]!);
    return [
      {
        ...{ title, numeric: true, value: (item) => start[item]! },
        text: (item) =>
          isTimed(item) ? momentText(start[item]!) : (NO_TIME[statuses[item]!] ?? ""),
      },
      {
        ...{ title: "Took", numeric: true },
        value: (item) => (statuses[item] === "o" ? Number.NaN : end[item]! - start[item]!),
        text: (item) => (isTimed(item) ? tookText(data, item) : ""),
      },
    ];
  };
  const ways: Column[] = [
    {
      ...{ title: "On the way", numeric: true },
      value: (item) => onTheWay(model, item)?.value ?? Number.NaN,
      text: (item) => onTheWay(model, item)?.text ?? "",
    },
  ];
  const hasWays = labels.some((_, item) => onTheWay(model, item));
  return [
    ...(streamed
      ? [
          numeric("Offset", (item) => offsets[item]!, formatOffset),
          numeric("Size", (item) => sizes[item]!, formatBytes),
        ]
      : []),
    {
      title: "Item",
      numeric: false,
      value: label,
      text: label,
      names: true,
    },
    ...side("Saved at", source),
    ...side(placed ? "Loaded at" : `Loaded at (${OWN_CLOCK})`, destination),
    ...(hasWays ? ways : []),
  ];
}
