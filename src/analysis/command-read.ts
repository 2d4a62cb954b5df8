import { commandName } from "../migration/wire/command-table.js";
import type { EventRecord } from "../traces/record.js";
import { numberArgument, textArgument } from "./mark.js";

/**
 * The command of a `loadvm_process_command`: newer QEMUs tell its name, 5.2 its number, which stands in
 * the name's place of a log that is read by the declarations of a newer one.
 */
export function commandRead(record: EventRecord): string {
  const text = textArgument(record, "s");
  if (text !== undefined && !text.startsWith("0x")) return text;
  return commandName(numberArgument(record, "com") ?? Number(text)) ?? "";
}
