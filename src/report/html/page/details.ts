import { formatBytes, formatOffset } from "../../units.js";
import type { Side } from "../page-data.js";
import { byId, element, present } from "./dom.js";
import type { PageModel, SideModel } from "./page-model.js";
import { momentText, OWN_CLOCK, onTheWay, tookText } from "./words.js";

const SLOWEST = 8;

/** Shows an item beside the time line: its bytes, its time at both sides, its events, its state. */
export function showDetails(
  model: PageModel,
  item: number | undefined,
  step: (by: 1 | -1) => void,
  select: (item: number) => void,
) {
  const panel = byId("details");
  panel.scrollTop = 0;
  if (item === undefined) {
    panel.replaceChildren(
      ...present([slowest(model, select)]),
      element(
        "p",
        { class: "quiet" },
        "Select an item, in the time line or in the table below, to see its bytes, its events at both sides and its device state.",
      ),
    );
    return;
  }
  panel.replaceChildren(
    heading(model, item, step),
    bytes(model, item),
    side(model, item, "source"),
    side(model, item, "destination"),
    ...wayFacts(model, item),
    ...state(model, item),
  );
}

/** The items that took longest at either side, as ways to them. */
function slowest(model: PageModel, select: (item: number) => void): HTMLElement | false {
  const side = (item: number) =>
    longerSide(tookOf(model.source, item), tookOf(model.destination, item));
  const took = (item: number) => tookOf(model[side(item)], item);
  const items = model.labels.map((_, item) => item).sort((a, b) => took(b) - took(a));
  const list = element("ol", { class: "slowest" });
  for (const item of items.slice(0, SLOWEST)) {
    if (took(item) === 0) break;
    const button = element("button", { type: "button" }, model.labels[item]!);
    button.addEventListener("click", () => select(item));
    list.append(element("li", {}, button, element("span", {}, tookText(model[side(item)], item))));
  }
  return list.childElementCount > 0 && element("div", {}, element("h3", {}, "Slowest items"), list);
}

function longerSide(source: number, destination: number): Side {
  return destination > source ? "destination" : "source";
}

/** How long an item took at a side; 0 where that is unknown. */
function tookOf({ start, end, statuses }: SideModel, item: number): number {
  return statuses[item] === "o" ? 0 : end[item]! - start[item]! || 0;
}

function heading(model: PageModel, item: number, step: (by: 1 | -1) => void): HTMLElement {
  const button = (by: 1 | -1, text: string, label: string) => {
    const made = element("button", { type: "button", "aria-label": label, title: label }, text);
    made.addEventListener("click", () => step(by));
    return made;
  };
  return element(
    "div",
    { class: "head" },
    element(
      "h3",
      {},
      model.labels[item]!,
      model.failed?.item === item && element("span", { class: "failed" }, " failed here"),
    ),
    element(
      "div",
      { class: "tools" },
      button(-1, "‹", "Item before (p)"),
      button(1, "›", "Next item (n)"),
    ),
  );
}

function bytes(model: PageModel, item: number): HTMLElement {
  if (!model.streamed) return facts(model.facts(item));
  const size = model.sizes[item]!;
  const exact = size >= 1024 ? ` (${size.toLocaleString("en")} B)` : "";
  return facts([
    ["offset", formatOffset(model.offsets[item]!)],
    ["size", formatBytes(size) + exact],
    ...model.facts(item),
  ]);
}

function facts(rows: readonly (readonly [string, string])[]): HTMLElement {
  const list = element("dl", { class: "pairs" });
  for (const [name, value] of rows) {
    list.append(element("dt", {}, name), element("dd", {}, value));
  }
  return list;
}

const STATUSES: Readonly<Record<string, string>> = {
  m: "No event was found, though QEMU traces one.",
  n: "There is no trace of this side.",
};

function side(model: PageModel, item: number, name: Side): HTMLElement {
  const { start, statuses, reasons } = model[name];
  const status = statuses[item]!;
  const title = element("h4", { class: name }, name === "source" ? "Source" : "Destination");
  const how = ["paired by", reasons[item]!] as const;
  if (status === "t") {
    const rows = facts([["time", "unknown: the trace has no timestamps"], how]);
    return element("div", { class: "side" }, title, rows);
  }
  if (Number.isNaN(start[item]!)) {
    const why = STATUSES[status] ?? reasons[item] ?? "";
    return element("div", { class: "side" }, title, element("p", { class: "quiet" }, why));
  }
  const own = name === "destination" && !model.placed ? ` (${OWN_CLOCK})` : "";
  const rows = facts([
    [name === "source" ? "saved at" : "loaded at", momentText(start[item]!) + own],
    ["took", tookText(model[name], item) + (INTERVALS[status] ?? "")],
    how,
  ]);
  return element("div", { class: "side" }, title, rows, events(model, item, name));
}

/** Why it is not known how long an item took. */
const INTERVALS: Readonly<Record<string, string>> = {
  b: ": the event that starts or ends it is missing",
  o: ": the event that starts or ends it is missing, and nothing bounds it",
};

/** The events within the item's time at a side, times since its start. */
function events(model: PageModel, item: number, name: Side): HTMLElement | undefined {
  const { events: columns, firstEvent } = model[name];
  const count = columns?.counts[item] ?? 0;
  if (!columns || count === 0) return undefined;
  const kept = columns.kept[item]!;
  const list = element("ol", { class: "events" });
  for (let index = firstEvent[item]!; index < firstEvent[item]! + kept; index++) {
    list.append(
      element(
        "li",
        {},
        element("time", {}, `+${(columns.times[index]! / 1e6).toFixed(3)}`),
        element("code", {}, model.text(columns.names[index]!)),
        element("span", {}, model.text(columns.texts[index]!)),
      ),
    );
  }
  const rest = count - kept;
  const title = `${count.toLocaleString("en")} ${count === 1 ? "event" : "events"}`;
  const box = element(
    "details",
    kept <= 8 ? { open: "" } : {},
    element("summary", {}, title),
    list,
  );
  if (rest > 0)
    box.append(element("p", { class: "quiet" }, `and ${rest.toLocaleString("en")} more`));
  return box;
}

function wayFacts(model: PageModel, item: number): HTMLElement[] {
  const way = onTheWay(model, item);
  return way ? [facts([["on the way", `${way.text}${way.range}, from its save to its load`]])] : [];
}

function state(model: PageModel, item: number): HTMLElement[] {
  const rows = model.state(item);
  if (rows.length === 0) return [];
  const body = element("tbody");
  for (const [depth, name, type, value] of rows) {
    body.append(
      element(
        "tr",
        {},
        element("th", { scope: "row", style: `padding-left:${depth * 12}px` }, model.text(name)),
        element("td", { class: "quiet" }, model.text(type)),
        element("td", {}, model.text(value)),
      ),
    );
  }
  const table = element("table", { class: "state" }, body);
  return [element("details", { open: "" }, element("summary", {}, "Device state"), table)];
}
