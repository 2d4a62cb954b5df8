import type { CommandDefinition } from "../command-definition.js";
import { defineCheck } from "./stream/check.js";
import { defineDiff } from "./stream/diff.js";
import { defineEdit } from "./stream/edit.js";
import { defineItems } from "./stream/items.js";
import { defineMultifd } from "./stream/multifd.js";
import { defineRam } from "./stream/ram.js";
import { defineReturnPath } from "./stream/return-path.js";
import { defineState } from "./stream/state.js";
import { defineVmdesc } from "./stream/vmdesc.js";

/** `qtrace stream`: what is in a migration stream. */
export const streamCommand: CommandDefinition = (program, run) => {
  const stream = program
    .command("stream")
    .description("look into a migration stream")
    .addHelpText(
      "after",
      "\nA stream is read as QEMU writes it to a file or a socket, from standard input (-), from a\n" +
        "file that libvirt saved, from an internal snapshot in a qcow2 file, and out of gzip or zstd.",
    );
  const commands = [
    defineItems,
    defineState,
    defineVmdesc,
    defineRam,
    defineMultifd,
    defineReturnPath,
    defineCheck,
    defineDiff,
    defineEdit,
  ];
  for (const define of commands) define(stream, run);
};
