import type { ItemAccount, MigrationAccount, MigrationFailure } from "../analysis/account.js";
import { formatOffset } from "./units.js";

/** The item that a migration failed at. */
export function failedItem({ items, outcome }: MigrationAccount): ItemAccount | undefined {
  const index = outcome.failure?.item;
  return index === undefined ? undefined : items[index];
}

/** At which side and item a migration failed: `at the destination, at ram START, byte 0x1d`. */
export function failurePlace(
  account: MigrationAccount,
  { side, device, instance }: MigrationFailure,
): string {
  const failed = failedItem(account);
  if (!failed) {
    const name = instance ? `${device}[${instance}]` : device;
    return device === undefined ? `at the ${side}` : `at the ${side}, at ${name}`;
  }
  const offset =
    account.streamSize === undefined ? "" : `, byte ${formatOffset(failed.item.offset)}`;
  return `at the ${side}, at ${failed.label}${offset}`;
}
