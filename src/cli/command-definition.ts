import { type Command, Option } from "commander";
import type { Io } from "./io.js";

/** What a command does with its arguments; the number is the exit code. */
export type Action = (io: Io) => Promise<number>;

/**
 * Declares a command's arguments and options; `run` takes what is to be done. `args` are the words
 * behind the command's name, for one that has commands of its own.
 */
export type CommandDefinition = (
  command: Command,
  run: (action: Action) => Promise<void>,
  args: readonly string[],
) => void | Promise<void>;

/** A command as a list of all names it; what it does is loaded when it is called. */
export interface LazyCommand {
  readonly about: string;
  readonly load: () => Promise<CommandDefinition>;
}

/** Declares commands by their names, and the one that is called with all that it takes. */
export async function declareCommands(
  parent: Command,
  commands: Readonly<Record<string, LazyCommand>>,
  run: (action: Action) => Promise<void>,
  args: readonly string[],
): Promise<void> {
  const words = args.filter((word) => !word.startsWith("-"));
  const called = words[0] === "help" ? words[1] : words[0];
  for (const [name, { about, load }] of Object.entries(commands)) {
    const command = parent.command(name).description(about);
    if (name !== called) continue;
    const define = await load();
    await define(command, run, args.slice(args.indexOf(name) + 1));
  }
}

/** An option with one value that may be given several times: its parser keeps what came before. */
export class RepeatableOption extends Option {}

/**
 * Refuses an option that is given twice, in all of a program's commands: commander would silently
 * take the last value. Lists (`<file...>`) and `RepeatableOption` add up, and flags have no value.
 */
export function refuseRepeatedOptions(program: Command): void {
  program.commands.forEach(refuseRepeatedOptions);
  for (const option of program.options) {
    const takesOne = (option.required || option.optional) && !option.variadic;
    if (!takesOne || option instanceof RepeatableOption) continue;
    let given = 0;
    program.on(`option:${option.name()}`, () => {
      given += 1;
      if (given > 1) program.error(`error: ${option.long ?? option.flags} is given twice`);
    });
  }
}
