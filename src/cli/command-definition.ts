import type { Command } from "commander";
import type { Io } from "./io.js";

/** What a command does with its arguments; the number is the exit code. */
export type Action = (io: Io) => Promise<number>;

/**
 * Declares a command on the program; `run` takes what is to be done. `args` are the words behind the
 * command's name, for one that has commands of its own and loads only the one that is called.
 */
export type CommandDefinition = (
  program: Command,
  run: (action: Action) => Promise<void>,
  args: readonly string[],
) => void | Promise<void>;
