import type { CommandDefinition } from "../command-definition.js";

/** What can be done with a stream; each is loaded when it is called, as what it needs is much. */
const commands: Readonly<Record<string, () => Promise<CommandDefinition>>> = {
  items: async () => (await import("./stream/items.js")).defineItems,
  state: async () => (await import("./stream/state.js")).defineState,
  vmdesc: async () => (await import("./stream/vmdesc.js")).defineVmdesc,
  ram: async () => (await import("./stream/ram.js")).defineRam,
  multifd: async () => (await import("./stream/multifd.js")).defineMultifd,
  "return-path": async () => (await import("./stream/return-path.js")).defineReturnPath,
  check: async () => (await import("./stream/check.js")).defineCheck,
  diff: async () => (await import("./stream/diff.js")).defineDiff,
  edit: async () => (await import("./stream/edit.js")).defineEdit,
};

/** `qtrace stream`: what is in a migration stream. */
export const streamCommand: CommandDefinition = async (program, run, args) => {
  const stream = program
    .command("stream")
    .description("look into a migration stream")
    .addHelpText(
      "after",
      "\nA stream is read as QEMU writes it to a file or a socket, from standard input (-), from a\n" +
        "file that libvirt saved, from an internal snapshot in a qcow2 file, and out of gzip or zstd.",
    );
  const [first = "", ...rest] = args;
  const names = Object.hasOwn(commands, first) ? [first] : Object.keys(commands);
  for (const name of names) {
    const define = await commands[name]!();
    await define(stream, run, rest);
  }
};
