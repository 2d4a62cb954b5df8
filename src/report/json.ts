import type { MigrationAccount } from "../analysis/account.js";
import { itemToJson } from "../migration/wire/item-json.js";

/**
 * The account as JSON: the fields of `MigrationAccount`, times as decimal strings of nanoseconds,
 * items as `stream items --json` has them.
 */
export function jsonReport(account: MigrationAccount): string {
  const items = account.items.map(({ item, ...rest }) => ({
    ...itemToJson(item),
    ...("kindUnknown" in item && { type: undefined }),
    ...rest,
  }));
  return toJson({ ...account, items });
}

/** JSON with 64-bit integers as decimal strings. */
export function toJson(value: unknown): string {
  const bigintAsString = (_key: string, member: unknown) =>
    typeof member === "bigint" ? String(member) : member;
  return `${JSON.stringify(value, bigintAsString, 1)}\n`;
}
