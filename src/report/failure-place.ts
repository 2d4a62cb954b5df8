import type { MigrationAccount, MigrationFailure } from "../analysis/account.js";
import { formatOffset } from "./units.js";

/** At which side and item a migration failed: `at the destination, at ram START, byte 0x1d`. */
export function failurePlace(
  { items, streamSize }: MigrationAccount,
  { side, item, device, instance }: MigrationFailure,
): string {
  const failed = item === undefined ? undefined : items[item];
  if (!failed) {
    const name = instance ? `${device}[${instance}]` : device;
    return device === undefined ? `at the ${side}` : `at the ${side}, at ${name}`;
  }
  const offset = streamSize === undefined ? "" : `, byte ${formatOffset(failed.item.offset)}`;
  return `at the ${side}, at ${failed.label}${offset}`;
}
