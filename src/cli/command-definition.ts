import { type Command, Option } from "commander";
import { Failure, type Inputs, type Io } from "./io.js";
import { InputFiles } from "./outputs/input-files.js";
import { resolveOutput } from "./outputs/output-target.js";

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
 * An option that names what a command writes; all other values that name a file or a folder are taken
 * for inputs, which an output must not overwrite.
 */
export class OutputOption extends Option {
  /** The option by which alone it is written, else read: `--baseline` with `--update-baseline`. */
  readonly writtenWith: string | undefined;

  constructor(flags: string, description: string, { writtenWith }: { writtenWith?: string } = {}) {
    super(flags, description);
    this.writtenWith = writtenWith;
  }
}

/**
 * The inputs of a command. Throws `Failure` if an output is one of them, standard output included, or
 * two outputs are one file.
 */
export function inputsOf(command: Command, { outDescriptor }: Pick<Io, "outDescriptor">): Inputs {
  const values: Readonly<Record<string, unknown>> = command.opts();
  const outputs: { readonly option: string; readonly file: string }[] = [];
  const inputs: unknown[] = [...command.args];
  for (const option of command.options) {
    const value = values[option.attributeName()];
    const isOutput =
      option instanceof OutputOption && (!option.writtenWith || values[option.writtenWith]);
    if (!isOutput) inputs.push(value);
    else if (typeof value === "string") outputs.push({ option: option.long!, file: value });
  }
  const files = new InputFiles(inputs.flat().filter((value) => typeof value === "string"));
  if (outDescriptor !== undefined) files.refuseDescriptor(outDescriptor, "standard output");
  const seen = new Map<string, string>();
  for (const { option, file } of outputs) {
    files.refuse(file, option);
    const place = placeOf(file);
    const other = place && seen.get(place);
    if (other) throw new Failure(`${other} and ${option} name the same file, ${file}`);
    if (place) seen.set(place, option);
  }
  return files;
}

/** Where a regular file is or will be; nothing of what cannot be written, as the command reports it. */
function placeOf(file: string): string | undefined {
  try {
    const target = resolveOutput(file);
    return target.kind === "file" ? target.path : undefined;
  } catch {
    return undefined;
  }
}

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
