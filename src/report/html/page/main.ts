import type { PageData } from "../page-data.js";
import { showDetails } from "./details.js";
import { byId } from "./dom.js";
import { ItemTable } from "./item-table.js";
import { readPageModel } from "./page-model.js";
import { watchTheme } from "./theme.js";
import { TimeLine } from "./time-line.js";

const model = readPageModel(JSON.parse(byId("data").textContent) as PageData);

function select(item: number | undefined): void {
  timeLine.mark(item);
  table.mark(item);
  showDetails(model, item, (by) => timeLine.step(by), select);
  byId("live").textContent = item === undefined ? "Nothing selected" : model.labels[item]!;
}

const timeLine = new TimeLine(model, select);
const table = new ItemTable(model, select);
showDetails(model, undefined, () => {}, select);
watchTheme(() => timeLine.recolour());

const zooms: Readonly<Record<string, () => void>> = {
  in: () => timeLine.zoom(2),
  out: () => timeLine.zoom(0.5),
  all: () => timeLine.showAll(),
  downtime: () => timeLine.showDowntime(),
};
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-zoom]")) {
  button.hidden = button.dataset.zoom === "downtime" && !model.downtime;
  button.addEventListener("click", () => zooms[button.dataset.zoom!]?.());
}
