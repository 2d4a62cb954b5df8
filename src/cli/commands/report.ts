import { readdir } from "node:fs/promises";
import path from "node:path";
import { buildFleetPageData } from "../../report/fleet/build-fleet-page-data.js";
import type { FleetPages } from "../../report/fleet/fleet-facts.js";
import { fleetReport } from "../../report/fleet/fleet-report.js";
import { withoutControls } from "../../without-controls.js";
import { type CommandDefinition, OutputOption } from "../command-definition.js";
import { openDataSet } from "../fleet/data-set.js";
import { duckdbMessage, openDuckdb } from "../fleet/duckdb-session.js";
import { readFacts } from "../fleet/read-facts.js";
import { PAGES } from "../fleet/recording-page.js";
import { Failure } from "../io.js";
import { writeOutput } from "../outputs/output-file.js";

interface ReportArguments {
  readonly output?: string;
  readonly link?: string;
  readonly title?: string;
}

/** `qtrace report`: a page over a data set. */
export const reportCommand: CommandDefinition = (command, run) => {
  command
    .argument("<dataset>", "a folder that `qtrace export` made")
    .addOption(
      new OutputOption(
        "--output <file>",
        "write it there instead of DATASET/report.html; - for stdout",
      ),
    )
    .option("--link <address>", "where a migration's own page is, with {recording} for its key")
    .option("--title <text>", "the page's title; the data set's name if left out")
    .addHelpText(
      "after",
      "\nExample:\n  qtrace export /srv/recordings --output migrations --pages\n" +
        "  qtrace report migrations",
    )
    .action((folder: string, { output, link, title }: ReportArguments) =>
      run(async (io) => {
        const file = output ?? path.join(folder, "report.html");
        if (link !== undefined) checkLink(link);
        const session = await openDuckdb(await openDataSet(folder));
        const facts = await readFacts(session.connection)
          .catch((error: unknown) => {
            throw new Failure(`${folder}: ${duckdbMessage(error)}`);
          })
          .finally(() => session.close());
        const pages = link === undefined ? await ownPages(folder, file) : { link, has: () => true };
        const data = buildFleetPageData(facts, pages);
        const page = fleetReport(data, title ?? path.basename(path.resolve(folder)));
        if (data.pageless.length > 0) {
          io.err(
            `qtrace: ${data.pageless.length} of ${data.recording.length} migrations have no page of their own to link to; export --pages writes them\n`,
          );
        }
        if (output === "-") await io.out(page);
        else {
          await writeOutput(file, page, { inputs: io.inputs });
          await io.out(`${withoutControls(file)}\n`);
        }
        return 0;
      }),
    );
};

/** The pages in the data set itself, as the report's file has to go to them. */
async function ownPages(folder: string, file: string): Promise<FleetPages> {
  const there = path.join(folder, PAGES);
  const names = new Set(await readdir(there).catch(() => []));
  const from = file === "-" ? "." : path.dirname(path.resolve(file));
  const way = path.relative(path.resolve(from), path.resolve(there)).split(path.sep);
  const link = `${way.map(encodeURIComponent).join("/")}/{recording}.html`;
  return { link, has: (recording) => names.has(`${recording}.html`) };
}

/** A page's links lead to pages, never to scripts. */
function checkLink(link: string): void {
  if (!link.includes("{recording}")) throw new Failure(`--link ${link}: {recording} is not in it`);
  const { protocol } = new URL(link, "https://relative.invalid/");
  if (!["http:", "https:", "file:"].includes(protocol)) {
    throw new Failure(`--link ${link}: only http, https and file`);
  }
}
