/**
 * The commands by number, the first being 1, with the length of their payload where it is fixed
 * (QEMU migration/savevm.c: mig_cmd_args).
 */
const COMMANDS = [
  { name: "OPEN_RETURN_PATH", length: 0 },
  { name: "PING", length: 4 },
  { name: "POSTCOPY_ADVISE", length: undefined },
  { name: "POSTCOPY_LISTEN", length: 0 },
  { name: "POSTCOPY_RUN", length: 0 },
  { name: "POSTCOPY_RAM_DISCARD", length: undefined },
  { name: "PACKAGED", length: 4 },
  { name: "ENABLE_COLO", length: 0 },
  { name: "POSTCOPY_RESUME", length: 0 },
  { name: "RECV_BITMAP", length: undefined },
  { name: "SWITCHOVER_START", length: 0 },
] as const;

/** The name of a command, as QEMU traces it. */
export type CommandName = (typeof COMMANDS)[number]["name"];

/** The name of a command; `undefined` for 0 and for numbers past the last one known. */
export function commandName(number: number): CommandName | undefined {
  return COMMANDS[number - 1]?.name;
}

/** The number of a command in the stream. */
export function commandNumber(name: CommandName): number {
  return COMMANDS.findIndex((command) => command.name === name) + 1;
}

/** How many bytes of payload a command has; `undefined` where it varies. */
export function commandLength(name: CommandName): number | undefined {
  return COMMANDS[commandNumber(name) - 1]?.length;
}
