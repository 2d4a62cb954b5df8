import type { MigrationAccount } from "../analysis/account.js";
import { itemToJson } from "../migration/wire/item-json.js";

/**
 * The account as JSON: the fields of `MigrationAccount`, times as decimal strings of nanoseconds,
 * items as `stream items --json` has them.
 */
export function jsonReport(account: MigrationAccount): string {
  const items = account.items.map(({ item, ...rest }) => ({ ...itemToJson(item), ...rest }));
  const bigintAsString = (_key: string, value: unknown) =>
    typeof value === "bigint" ? String(value) : value;
  return `${JSON.stringify({ ...account, items }, bigintAsString, 1)}\n`;
}
