import { Command, CommanderError } from "commander";
import { DecodeError } from "../bytes/decode-error.js";
import { version } from "../version.js";
import type { Action, CommandDefinition } from "./command-definition.js";
import { Failure, type Io } from "./io.js";

/**
 * The commands, each loaded when it is called: `generate` must work while the modules that it
 * makes, which the engine is built on, are not there yet.
 */
const commands: Readonly<Record<string, () => Promise<CommandDefinition>>> = {
  parse: async () => (await import("./commands/parse.js")).parseCommand,
  fmt: async () => (await import("./commands/fmt.js")).fmtCommand,
  lint: async () => (await import("./commands/lint.js")).lintCommand,
  breaking: async () => (await import("./commands/breaking.js")).breakingCommand,
  generate: async () => (await import("./commands/generate.js")).generateCommand,
  decode: async () => (await import("./commands/decode.js")).decodeCommand,
  stream: async () => (await import("./commands/stream.js")).streamCommand,
  analyze: async () => (await import("./commands/analyze.js")).analyzeCommand,
  send: async () => (await import("./commands/send.js")).sendCommand,
  receive: async () => (await import("./commands/receive.js")).receiveCommand,
  tap: async () => (await import("./commands/tap.js")).tapCommand,
  export: async () => (await import("./commands/export.js")).exportCommand,
  query: async () => (await import("./commands/query.js")).queryCommand,
  report: async () => (await import("./commands/report.js")).reportCommand,
  demo: async () => (await import("./commands/demo.js")).demoCommand,
};

/**
 * Runs a command line, without the program's own name. Gives the exit code: 0 fine, 1 findings,
 * 2 wrong usage or unreadable input.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const program = new Command("qtrace")
    .description(
      "QEMU's trace events: parse, lint, generate tracers, decode traces, analyse migrations.",
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.out(text),
      writeErr: (text) => io.err(text),
      outputError: (text, write) => write(text.replace(/^error: /, "qtrace: ")),
    });
  const [first = ""] = args;
  for (const name of commandsFor(first)) {
    const define = await commands[name]!();
    const run = async (action: Action) => {
      exitCode = await action(io);
    };
    await define(program, run, args.slice(1));
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(error, io);
  }
}

/** The commands that a command line needs: all of them only for what is to list them. */
function commandsFor(first: string): readonly string[] {
  if (Object.hasOwn(commands, first)) return [first];
  return ["-V", "--version"].includes(first) ? [] : Object.keys(commands);
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
  io.err(`qtrace: internal error: ${error instanceof Error ? (error.stack ?? error) : error}\n`);
  return 2;
}
