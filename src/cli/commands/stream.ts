import { itemLabel } from "../../analysis/item-label.js";
import { itemToJson } from "../../migration/wire/item-json.js";
import { isSection, type StreamItem } from "../../migration/wire/stream-item.js";
import { formatTable } from "../../report/table.js";
import { formatOffset } from "../../report/units.js";
import type { CommandDefinition } from "../command-definition.js";
import { readItems } from "../read-items.js";

/** `qtrace stream`: what is in a migration stream. */
export const streamCommand: CommandDefinition = (program, run) => {
  const stream = program.command("stream").description("look into a migration stream");
  stream
    .command("items")
    .description(
      "list the items of a stream: offset, size, kind, and how a section's end was found",
    )
    .argument("<file>", "a migration stream, such as 'migrate file:FILE' writes")
    .option("--json", "an object a line, as documented in docs/stream-items.md")
    .addHelpText(
      "after",
      "\nExample:\n  qtrace stream items stream.bin --json | jq 'select(.type == 8)'",
    )
    .action((file: string, { json }: { json?: true }) =>
      run(async (io) => {
        const { items, failure } = await readItems(file);
        await io.out(
          json
            ? items.map((item) => `${JSON.stringify(itemToJson(item))}\n`).join("")
            : table(items),
        );
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

function contents(item: StreamItem): string {
  if (item.type === "configuration") return item.machine;
  if (!isSection(item)) return "";
  if (item.blocks) return item.blocks.map(({ name }) => name).join(" ");
  const counts = Object.entries(item.ram ?? {}).filter(([, count]) => count > 0);
  return counts.map(([kind, count]) => `${count} ${kind}`).join(", ");
}
