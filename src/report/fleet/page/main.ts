import { byId } from "../../html/page/dom.js";
import { watchTheme } from "../../html/page/theme.js";
import type { FleetPageData } from "../fleet-page-data.js";
import { filtered, Links } from "./fleet-model.js";
import { OverTime } from "./over-time.js";
import { Shares } from "./shares.js";
import { fillLongest, fillMoved, fillPercentiles, fillStuck } from "./tables.js";

const data = JSON.parse(byId("data").textContent) as FleetPageData;
const links = new Links(data);
const overTime = new OverTime(data, links);
const shares = new Shares(data);

const field = (id: string) => byId(id) as HTMLInputElement | HTMLSelectElement;
const chosen = (id: string) => (field(id).value === "" ? undefined : Number(field(id).value));

function draw(): void {
  const migrations = filtered(data, {
    version: chosen("version"),
    machine: chosen("machine"),
    host: chosen("host"),
    status: chosen("status"),
  });
  byId("count").textContent = `${migrations.length} of ${data.recording.length} migrations`;
  overTime.draw(migrations, (byId("log") as HTMLInputElement).checked);
  shares.draw(migrations);
  fillPercentiles(data, migrations);
  fillLongest(data, links, migrations);
  fillStuck(data, links, migrations);
}

function drawMoved(): void {
  fillMoved(data, chosen("before") ?? -1, chosen("after") ?? -1, chosen("least") ?? 1);
}

for (const id of ["version", "machine", "host", "status", "log"])
  byId(id).addEventListener("change", draw);
for (const id of ["before", "after", "least"]) byId(id).addEventListener("input", drawMoved);

let frame = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(draw);
});
drawMoved();
watchTheme(draw);
