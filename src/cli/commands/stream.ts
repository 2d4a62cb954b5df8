import {
  type CommandDefinition,
  declareCommands,
  type LazyCommand,
} from "../command-definition.js";

/** What can be done with a stream; each is loaded when it is called, as what it needs is much. */
const commands: Readonly<Record<string, LazyCommand>> = {
  items: {
    about: "list the items of a stream: offset, size, kind, and how a section's end was found",
    load: async () => (await import("./stream/items.js")).defineItems,
  },
  state: {
    about: "show the state of each device: its fields, and what it takes of the stream",
    load: async () => (await import("./stream/state.js")).defineState,
  },
  vmdesc: {
    about: "print the VMDESCRIPTION of a stream: what it says of each device's fields",
    load: async () => (await import("./stream/vmdesc.js")).defineVmdesc,
  },
  ram: {
    about: "rebuild the guest's memory as sparse files, and tell what of it was sent how often",
    load: async () => (await import("./stream/ram.js")).defineRam,
  },
  multifd: {
    about: "count what went through multifd channels: packets, pages, sync points",
    load: async () => (await import("./stream/multifd.js")).defineMultifd,
  },
  "return-path": {
    about: "list the messages of a return path: what a destination answered",
    load: async () => (await import("./stream/return-path.js")).defineReturnPath,
  },
  check: {
    about: "list what a destination would refuse (exit code 1) or warn about",
    load: async () => (await import("./stream/check.js")).defineCheck,
  },
  diff: {
    about: "compare two machines' states by device and field; exit code 1 if they differ",
    load: async () => (await import("./stream/diff.js")).defineDiff,
  },
  edit: {
    about: "write a stream anew, with changes; without any, byte for byte the same",
    load: async () => (await import("./stream/edit.js")).defineEdit,
  },
};

/** `qtrace stream`: what is in a migration stream. */
export const streamCommand: CommandDefinition = async (command, run, args) => {
  command.addHelpText(
    "after",
    "\nA stream is read as QEMU writes it to a file or a socket, from standard input (-), from a\n" +
      "file that libvirt saved, and from an internal snapshot in a qcow2 file. gzip and zstd are\n" +
      "decompressed; so are xz, bzip2 and lzop if these programs are installed.",
  );
  await declareCommands(command, commands, run, args);
};
