import { itemLabel } from "../../../analysis/item-label.js";
import { itemToJson } from "../../../migration/wire/item-json.js";
import {
  isSection,
  type RamBlockInfo,
  type StreamItem,
} from "../../../migration/wire/stream-item.js";
import { formatTable } from "../../../report/table.js";
import { formatOffset } from "../../../report/units.js";
import type { CommandDefinition } from "../../command-definition.js";
import { eachItem } from "../../read-items.js";
import type { StreamChoice } from "../../stream-input.js";
import { offsetOption, STREAM_ARGUMENT, snapshotOption } from "./stream-options.js";

interface ItemsArguments extends StreamChoice {
  readonly json?: true;
}

/** `qtrace stream items`. */
export const defineItems: CommandDefinition = (command, run) => {
  command
    .argument("<file>", STREAM_ARGUMENT)
    .option("--json", "an object a line, as documented in docs/stream-items.md")
    .addOption(offsetOption())
    .addOption(snapshotOption())
    .addHelpText(
      "after",
      "\nExample:\n  qtrace stream items stream.bin --json | jq 'select(.type == 8)'",
    )
    .action((file: string, { json, ...options }: ItemsArguments) =>
      run(async (io) => {
        const items: StreamItem[] = [];
        const failure = await eachItem(file, io, options, async (item) => {
          if (json) await io.out(`${JSON.stringify(itemToJson(item))}\n`);
          else items.push(item);
        });
        if (!json) await io.out(table(items));
        if (failure) io.err(`qtrace: ${file}: ${failure.message}\n`);
        return failure ? 1 : 0;
      }),
    );
};

function table(items: readonly StreamItem[]): string {
  return formatTable(items, [
    { title: "offset", align: "right", cell: (item) => formatOffset(item.offset) },
    { title: "bytes", align: "right", cell: (item) => String(item.size) },
    { title: "item", cell: (item) => "  ".repeat(item.depth) + itemLabel(item) },
    {
      title: "section",
      align: "right",
      cell: (item) => (isSection(item) ? String(item.sectionId) : ""),
    },
    { title: "end", cell: (item) => (isSection(item) ? item.end : "") },
    { title: "holds", cell: contents },
  ]);
}

function blockName({ name, ignored }: RamBlockInfo): string {
  return ignored ? `${name} (ignored)` : name;
}

function contents(item: StreamItem): string {
  if (item.type === "configuration") return item.machine;
  if (item.type === "command") return "block" in item.command ? item.command.block : "";
  if (!isSection(item)) return "";
  if (item.blocks) return item.blocks.map(blockName).join(" ");
  const counts = Object.entries(item.ram ?? {}).filter(([, count]) => count > 0);
  return counts.map(([kind, count]) => `${count} ${kind}`).join(", ");
}
