import { Command, CommanderError } from "commander";
import { DecodeError } from "../bytes/decode-error.js";
import { version } from "../version.js";
import {
  type Action,
  declareCommands,
  inputsOf,
  type LazyCommand,
  refuseRepeatedOptions,
} from "./command-definition.js";
import { tooManyOpen } from "./files.js";
import { Failure, type Inputs, type Io, writeLines } from "./io.js";
import { forTerminal } from "./terminal-text.js";

/**
 * The commands, each loaded when it is called: `generate` must work while the modules that it
 * makes, which the engine is built on, are not there yet.
 */
const commands: Readonly<Record<string, LazyCommand>> = {
  parse: {
    about: "print the syntax tree of trace-events files as JSON, an object a file",
    load: async () => (await import("./commands/parse.js")).parseCommand,
  },
  fmt: {
    about: "lay trace-events files out; no event is changed, and comments are kept",
    load: async () => (await import("./commands/fmt.js")).fmtCommand,
  },
  lint: {
    about: "find what is wrong in trace-events files; exit 1 if there is an error",
    load: async () => (await import("./commands/lint.js")).lintCommand,
  },
  breaking: {
    about: "tell which events have changed, and whether old traces would be misread",
    load: async () => (await import("./commands/breaking.js")).breakingCommand,
  },
  generate: {
    about: "write typed tracers for the events of trace-events files, a module a group",
    load: async () => (await import("./commands/generate.js")).generateCommand,
  },
  decode: {
    about:
      "print the records of a trace: simpletrace, QEMU's logs, ftrace, syslog; also compressed",
    load: async () => (await import("./commands/decode.js")).decodeCommand,
  },
  events: {
    about: "print a set of trace events to enable in QEMU, or list the sets",
    load: async () => (await import("./commands/events.js")).eventsCommand,
  },
  stream: {
    about: "look into a migration stream",
    load: async () => (await import("./commands/stream.js")).streamCommand,
  },
  analyze: {
    about: "join a migration stream with the traces of both ends",
    load: async () => (await import("./commands/analyze.js")).analyzeCommand,
  },
  send: {
    about: "play a recorded or edited migration stream into a QEMU that waits (-incoming)",
    load: async () => (await import("./commands/send.js")).sendCommand,
  },
  receive: {
    about: "be the destination of a QEMU's migration: load it, keep it, account for it",
    load: async () => (await import("./commands/receive.js")).receiveCommand,
  },
  tap: {
    about: "stand between the two QEMUs of a migration: pass all on, record it, account for it",
    load: async () => (await import("./commands/tap.js")).tapCommand,
  },
  export: {
    about: "analyse many recordings and add them to a data set of Parquet files, or a cluster",
    load: async () => (await import("./commands/export.js")).exportCommand,
  },
  query: {
    about: "ask a data set in SQL, by DuckDB; without SQL, tell its tables, columns and views",
    load: async () => (await import("./commands/query.js")).queryCommand,
  },
  report: {
    about: "one HTML page over a data set, to read offline",
    load: async () => (await import("./commands/report.js")).reportCommand,
  },
  demo: {
    about: "migrate a guest within this process, record stream and traces, print the account",
    load: async () => (await import("./commands/demo.js")).demoCommand,
  },
};

/**
 * Runs a command line, without the program's own name. Gives the exit code: 0 fine, 1 findings,
 * 2 wrong usage or unreadable input.
 */
export async function main(args: readonly string[], given: Io): Promise<number> {
  const io = forTerminal(given);
  let exitCode = 0;
  const program = new Command("qtrace")
    .description(
      "QEMU's trace events: parse, lint, generate tracers, decode traces, analyse migrations.",
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.out(text),
      // Help, where no command is given.
      writeErr: (text) => writeLines(io, text),
      outputError: (text) => {
        const said = text
          .replace(/^error: /, "qtrace: ")
          .replace(/^qtrace: unknown command '.*?'/, "$&; --help lists those that there are");
        // Other line feeds are of what the user wrote.
        for (const line of said.split(/(?<=\n)(?=\(Did you mean [^\n]*\n$)/)) io.err(line);
      },
    });
  let inputs: Inputs | undefined;
  program.hook("preAction", (_program, command) => {
    inputs = inputsOf(command, io);
  });
  const run = async (action: Action) => {
    exitCode = await action({ ...io, ...(inputs && { inputs }) });
  };
  await declareCommands(program, commands, run, args);
  refuseRepeatedOptions(program);
  try {
    await program.parseAsync(args, { from: "user" });
    await io.end();
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(tooManyOpen(error) ?? error, io);
  }
}

/** One clear line; only what is our own mistake shows where it happened. */
function report(error: unknown, io: Io): number {
  if (error instanceof Failure) {
    io.err(`qtrace: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof DecodeError) {
    io.err(`qtrace: ${error.message}\n`);
    return 1;
  }
  const text = `${error instanceof Error ? (error.stack ?? error) : error}`;
  const [message, ...frames] = text.split(/\n(?= {4}at )/);
  io.err(`qtrace: internal error: ${message}\n`);
  for (const frame of frames) io.err(`${frame}\n`);
  return 2;
}
