import { access } from "node:fs/promises";
import path from "node:path";
import type { Damage } from "../../fleet/recorded.js";
import { rowsOf, rowsOfSkipped } from "../../fleet/rows-of.js";
import { htmlReport } from "../../report/html/html-report.js";
import { isSelected, parsePattern } from "../../runtime/pattern.js";
import type { Io } from "../io.js";
import { damageText, evidenceOf } from "../recording.js";
import { DataSetSink } from "./data-set-sink.js";
import { EventTables } from "./event-tables.js";
import type { ExportPlan, Outcome } from "./export-plan.js";
import {
  identifyRecording,
  type ReadOptions,
  readRecording,
  UNKNOWN_HOST,
} from "./read-recording.js";
import { pageFile, writePage } from "./recording-page.js";
import type { FleetSink } from "./sink.js";

/** Takes recordings one after another and sends their rows where the plan says. */
export class Exporter {
  readonly #plan: ExportPlan;
  readonly #sink: FleetSink;
  readonly #io: Io;
  readonly #events: EventTables;
  readonly #options: ReadOptions;

  private constructor(plan: ExportPlan, sink: FleetSink, events: EventTables, io: Io) {
    const patterns = plan.event.map(parsePattern);
    this.#plan = plan;
    this.#sink = sink;
    this.#io = io;
    this.#events = events;
    this.#options = {
      host: plan.host,
      date: plan.date,
      salvage: plan.salvage,
      keepAll: plan.pages,
      keepEvent: patterns.length > 0 ? (name) => isSelected(patterns, name) : undefined,
    };
  }

  /** Opens what is written to. Throws `Failure`. */
  static async open(plan: ExportPlan, io: Io): Promise<Exporter> {
    const events = new EventTables(plan.events, io);
    await events.check();
    return new Exporter(plan, await openSink(plan), events, io);
  }

  /** Exports one recording. Throws `Failure` where the rows cannot be written. */
  async export(folder: string): Promise<Outcome> {
    const found = await identifyRecording(folder, this.#options);
    const { place } = found;
    const unknownHost = place.host === UNKNOWN_HOST;
    const there = await this.#sink.has(place.recording);
    const page = this.#pageOf(place.recording);
    if (there && !(page && (await isMissing(page)))) {
      return { what: "there already", problems: [], unknownHost };
    }
    const read = await readRecording(found, this.#events, this.#options, this.#io);
    if (read.skipped) {
      await this.#sink.add(place, rowsOfSkipped(place, read.damage));
      return { what: "left out", problems: read.damage.map(textIn(folder)), unknownHost };
    }
    const { recorded } = read;
    if (!there) await this.#sink.add(place, rowsOf(recorded, this.#options.keepEvent));
    if (page) await writePage(page, htmlReport(recorded.account, evidenceOf(read.joined)));
    const problems = [
      // That the stream cannot be read is reported as its damage.
      ...recorded.account.problems
        .filter((problem) => problem !== read.joined.streamProblem)
        .map((problem) => `${folder}: ${problem}`),
      ...recorded.damage.map(textIn(folder)),
    ];
    const contradictory = recorded.account.problems.length > 0 && !read.joined.streamProblem;
    return { what: there ? "there already" : "exported", problems, unknownHost, contradictory };
  }

  /** Writes out what is held back. */
  async close(): Promise<void> {
    await this.#sink.close();
  }

  #pageOf(recording: string): string | undefined {
    const { pages, target } = this.#plan;
    return pages && target.kind === "files" ? pageFile(target.folder, recording) : undefined;
  }
}

async function openSink({ target }: ExportPlan): Promise<FleetSink> {
  if (target.kind === "files") return DataSetSink.open(target.folder);
  const { ClickhouseSink } = await import("./clickhouse-sink.js");
  return ClickhouseSink.open(target);
}

async function isMissing(file: string): Promise<boolean> {
  return access(file).then(
    () => false,
    () => true,
  );
}

function textIn(folder: string): (damage: Damage) => string {
  return (damage) => `${path.join(folder, damage.file)}: ${damageText(damage)}`;
}
