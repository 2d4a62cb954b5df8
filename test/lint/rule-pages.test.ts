/** docs/rules/ is made from the rules: `npm run docs` writes it anew. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rules } from "../../src/lint/registry.js";
import { ruleIndexPage, rulePage } from "../../src/lint/rule-page.js";
import { repoRoot } from "../support/repo-root.js";

const folder = join(repoRoot, "docs", "rules");

test.each(rules.map((rule) => [rule.name, rule] as const))(
  "the page of %s is as the rule says",
  async (name, rule) => {
    await expect(rulePage(rule)).toMatchFileSnapshot(join(folder, `${name}.md`));
  },
);

test("the index lists all rules", async () => {
  await expect(ruleIndexPage(rules)).toMatchFileSnapshot(join(folder, "README.md"));
});

test("there is no page of a rule that is gone", () => {
  const wanted = ["README.md", ...rules.map(({ name }) => `${name}.md`)];
  expect(readdirSync(folder).sort()).toEqual(wanted.sort());
});
