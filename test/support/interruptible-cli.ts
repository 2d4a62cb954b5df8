import { main } from "../../src/cli/main.js";
import type { CliResult } from "./cli.js";

/** A command line that runs: what it has said so far, and how it is interrupted. */
export interface RunningCli {
  readonly result: Promise<CliResult>;
  /** What Ctrl-C does. */
  readonly interrupt: () => void;
  /** Resolves with what follows a text on stderr in its line, once that was said. */
  readonly said: (text: string) => Promise<string>;
}

/** Starts a command line in this process that goes on until it ends or is interrupted. */
export function startCli(args: readonly string[], stdin?: AsyncIterable<Uint8Array>): RunningCli {
  const out: Buffer[] = [];
  let err = "";
  let ended = false;
  const interruption = new AbortController();
  const run = async () => {
    const code = await main(args, {
      out: async (text) => void out.push(Buffer.from(text)),
      err: (text) => {
        err += text;
      },
      stdin: () => stdin ?? (async function* () {})(),
      interruption: () => interruption.signal,
      colors: false,
    });
    ended = true;
    return { code, out: Buffer.concat(out).toString("utf8"), err };
  };
  return {
    result: run(),
    interrupt: () => interruption.abort(new Error("interrupted")),
    async said(text) {
      for (;;) {
        const line = err.split("\n").find((known) => known.includes(text));
        if (line !== undefined) return line.slice(line.indexOf(text) + text.length);
        if (ended) throw new Error(`it ended without "${text}": ${err}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}
