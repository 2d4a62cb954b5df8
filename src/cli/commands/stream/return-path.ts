import { DecodeError } from "../../../bytes/decode-error.js";
import { readChunks } from "../../../bytes/fed-reader.js";
import {
  type ReturnPathItem,
  type ReturnPathMessage,
  ReturnPathReader,
} from "../../../migration/wire/return-path.js";
import { formatTable } from "../../../report/table.js";
import { formatOffset } from "../../../report/units.js";
import type { CommandDefinition } from "../../command-definition.js";
import { readFileChunks } from "../../files.js";
import { mainChannelHint } from "./main-channel-hint.js";

/** `qtrace stream return-path`. */
export const defineReturnPath: CommandDefinition = (command, run) => {
  command
    .argument("<file>", "the bytes from destination to source, or -")
    .option("--json", "an object a line, as documented in docs/stream-items.md")
    .addHelpText("after", "\nExample:\n  qtrace stream return-path channel0.return.bin")
    .action((file: string, { json }: { json?: true }) =>
      run(async (io) => {
        const items: ReturnPathItem[] = [];
        let failure: DecodeError | undefined;
        try {
          const chunks = readFileChunks(file, io);
          for await (const item of readChunks(new ReturnPathReader(), chunks)) items.push(item);
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
          failure = error;
        }
        const lines = items.map((item) => `${JSON.stringify(itemJson(item))}\n`).join("");
        if (items.length > 0 || !failure) await io.out(json ? lines : table(items));
        if (failure) {
          io.err(`qtrace: ${file}: ${(await mainChannelHint(file)) ?? failure.message}\n`);
        }
        return failure ? 1 : 0;
      }),
    );
};

function itemJson({ offset, size, message }: ReturnPathItem): object {
  if (message.type !== "RECV_BITMAP") return { offset, size, ...message };
  const { type, block, bitmap } = message;
  return { offset, size, type, block, bitmap: Buffer.from(bitmap).toString("hex") };
}

function table(items: readonly ReturnPathItem[]): string {
  return formatTable(items, [
    { title: "offset", align: "right", cell: ({ offset }) => formatOffset(offset) },
    { title: "bytes", align: "right", cell: ({ size }) => String(size) },
    { title: "message", cell: ({ message }) => message.type },
    { title: "holds", cell: ({ message }) => contents(message) },
  ]);
}

function contents(message: ReturnPathMessage): string {
  switch (message.type) {
    case "REQ_PAGES": {
      const block = message.block === undefined ? "" : `${message.block} `;
      return `${block}${formatOffset(message.start)} + ${message.length}`;
    }
    case "RECV_BITMAP":
      return `${message.block}, a bitmap of ${message.bitmap.length} bytes`;
    case "SWITCHOVER_ACK":
      return "";
    default:
      return formatOffset(message.value);
  }
}
