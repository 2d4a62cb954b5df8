import type { MigrationAccount } from "../analysis/account.js";
import { itemToJson } from "../migration/wire/item-json.js";

/**
 * The account as JSON: the fields of `MigrationAccount`, times as decimal strings of nanoseconds,
 * what is unknown as null, items as `stream items --json` has them.
 */
export function jsonReport(account: MigrationAccount): string {
  const items = account.items.map(({ item, ...rest }) => ({
    ...itemToJson(item),
    ...("kindUnknown" in item && { type: undefined }),
    ...rest,
  }));
  return toJson({ ...account, items });
}

/** JSON with 64-bit integers as decimal strings, and null for what is unknown. */
export function toJson(value: unknown): string {
  const replace = (_key: string, member: unknown) =>
    typeof member === "bigint" ? String(member) : (member ?? null);
  return `${JSON.stringify(value, replace, 1)}\n`;
}
