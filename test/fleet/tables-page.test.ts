import { join } from "node:path";
import { expect, test } from "vitest";
import { tablesPage } from "../../src/fleet/tables-page.js";
import { repoRoot } from "../support/repo-root.js";

test("docs/fleet-tables.md is made of the tables and views (npm run docs makes it anew)", async () => {
  await expect(tablesPage()).toMatchFileSnapshot(join(repoRoot, "docs", "fleet-tables.md"));
});
