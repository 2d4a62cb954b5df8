import type { ProgressSnapshot } from "../../migration/wire/stream-progress.js";
import { formatBytes } from "../../report/units.js";
import type { Io } from "../io.js";

/** Milliseconds between two looks, and between two lines where no terminal can show one that moves. */
const TICK = 200;
const LINE_TICKS = 25;
/** Looks over which the rate is taken. */
const RATE_TICKS = 10;

/** What is shown while a migration runs. */
export interface LiveState {
  readonly progress: ProgressSnapshot;
  /** Bytes on all channels. */
  readonly bytes: number;
}

/**
 * Shows how far a migration is: on a terminal in one line that moves, else by a line at each new
 * round or phase and every few seconds.
 */
export class LiveProgress {
  readonly #io: Io;
  readonly #state: () => LiveState;
  readonly #timer: ReturnType<typeof setInterval>;
  #history: { readonly bytes: number; readonly at: number }[] = [];
  #shown = "";
  #ticks = 0;

  constructor(io: Io, state: () => LiveState) {
    this.#io = io;
    this.#state = state;
    this.#timer = setInterval(() => this.#tick(), TICK);
  }

  /** Shows nothing more. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#shown !== "") this.#io.status?.("");
  }

  #tick(): void {
    const { progress, bytes } = this.#state();
    this.#history.push({ bytes, at: performance.now() });
    if (this.#history.length > RATE_TICKS) this.#history.shift();
    if (bytes === 0) return;
    const line = progressLine(progress, bytes, this.#rate());
    if (this.#io.status) {
      this.#io.status(line);
      this.#shown = line;
    } else this.#print(`${progress.phase} ${progress.round}`, line);
  }

  #print(step: string, line: string): void {
    this.#ticks += 1;
    if (step === this.#shown && this.#ticks % LINE_TICKS !== 0) return;
    this.#shown = step;
    this.#io.err(`qtrace: ${line}\n`);
  }

  /** Bytes a second, over the last two seconds. */
  #rate(): number {
    const [first, last] = [this.#history[0]!, this.#history.at(-1)!];
    return last.at > first.at ? (1000 * (last.bytes - first.bytes)) / (last.at - first.at) : 0;
  }
}

/** `round 2, 12.3 MiB at 8.0 MiB/s, 512 pages to go, about 1 s`. */
export function progressLine(progress: ProgressSnapshot, bytes: number, rate: number): string {
  const { phase, round, pages, pagesLeft, pageSize } = progress;
  const where = phase === "precopy" ? `round ${Math.max(1, round)}` : phase;
  const speed = rate > 0 ? ` at ${formatBytes(Math.round(rate))}/s` : "";
  const parts = [where, `${formatBytes(bytes)}${speed}`];
  if (progress.failure) parts.push("what passes is not understood");
  else if (phase === "precopy" && round > 0) {
    const guess = round === 1 ? "" : "some ";
    parts.push(`${pages} pages sent, ${guess}${Math.round(pagesLeft)} to go`);
    const perPage = round === 1 && pages > 0 ? bytes / pages : pageSize;
    if (rate > 0) parts.push(`the round's end in about ${seconds((pagesLeft * perPage) / rate)}`);
  }
  return parts.join(", ");
}

function seconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
