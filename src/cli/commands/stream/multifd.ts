import { InvalidArgumentError, Option } from "commander";
import { DecodeError } from "../../../bytes/decode-error.js";
import { readChunks } from "../../../bytes/fed-reader.js";
import { DEFAULT_PAGE_SIZE } from "../../../migration/wire/constants.js";
import { MultifdReader } from "../../../migration/wire/multifd-reader.js";
import { MultifdCounter, type MultifdSummary } from "../../../migration/wire/multifd-summary.js";
import { formatTable } from "../../../report/table.js";
import { formatBytes } from "../../../report/units.js";
import type { CommandDefinition } from "../../command-definition.js";
import { readFileChunks } from "../../files.js";
import type { Io } from "../../io.js";
import { mainChannelHint } from "./main-channel-hint.js";

interface MultifdArguments {
  readonly json?: true;
  readonly pageSize: number;
}

/** `qtrace stream multifd`. */
export const defineMultifd: CommandDefinition = (command, run) => {
  command
    .argument("<file...>", "the bytes of a channel each")
    .addOption(
      new Option("--page-size <bytes>", "of the target's pages, a power of two")
        .default(DEFAULT_PAGE_SIZE)
        .argParser(pageSizeOf),
    )
    .option("--json", "an object a channel, as documented in docs/stream-items.md")
    .addHelpText("after", "\nExample:\n  qtrace stream multifd channel1.bin channel2.bin")
    .action((files: string[], { json, pageSize }: MultifdArguments) =>
      run(async (io) => {
        const channels: MultifdSummary[] = [];
        let damaged = false;
        for (const file of files) {
          const { summary, whole } = await count(file, pageSize, io);
          if (summary.channel >= 0) channels.push(summary);
          damaged ||= !whole;
        }
        const lines = channels.map((channel) => `${JSON.stringify(channel)}\n`).join("");
        if (channels.length > 0) await io.out(json ? lines : table(channels));
        return damaged ? 1 : 0;
      }),
    );
};

function pageSizeOf(text: string): number {
  const size = Number(text);
  if (size >= 1024 && size <= 65536 && Number.isInteger(Math.log2(size))) return size;
  throw new InvalidArgumentError("give 1024, 4096, 65536 or another power of two between");
}

async function count(
  file: string,
  pageSize: number,
  io: Io,
): Promise<{ readonly summary: MultifdSummary; readonly whole: boolean }> {
  const counter = new MultifdCounter();
  try {
    for await (const item of readChunks(
      new MultifdReader({ pageSize }),
      readFileChunks(file, io),
    )) {
      counter.add(item);
    }
    return { summary: counter.summary, whole: true };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    io.err(`qtrace: ${file}: ${(await mainChannelHint(file)) ?? error.message}\n`);
    return { summary: counter.summary, whole: false };
  }
}

function table(channels: readonly MultifdSummary[]): string {
  return formatTable(channels, [
    { title: "channel", align: "right", cell: ({ channel }) => String(channel) },
    { title: "packets", align: "right", cell: ({ packets }) => String(packets) },
    { title: "pages", align: "right", cell: ({ normal }) => String(normal) },
    { title: "zero pages", align: "right", cell: ({ zero }) => String(zero) },
    { title: "payload", align: "right", cell: ({ payload }) => formatBytes(payload) },
    { title: "sync points", align: "right", cell: ({ sync }) => String(sync) },
    { title: "device states", align: "right", cell: ({ deviceState }) => String(deviceState) },
  ]);
}
