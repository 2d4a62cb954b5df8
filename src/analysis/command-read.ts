import { commandName } from "../migration/wire/command-table.js";
import type { EventRecord } from "../traces/record.js";
import { numberArgument, textArgument } from "./mark.js";

/** The command of a `loadvm_process_command`, which QEMU 5.2 told by its number, later ones by name. */
export function commandRead(record: EventRecord): string {
  return textArgument(record, "s") ?? commandName(numberArgument(record, "com") ?? 0) ?? "";
}
