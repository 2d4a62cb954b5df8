import { join } from "node:path";
import { expect, test } from "vitest";
import { repoRoot } from "../../support/tools.js";
import { bundlePage } from "./bundle-page.js";

test("the page's bundle is made of what is in page/ (npm run page makes it anew)", async () => {
  const bundle = join(repoRoot, "src", "report", "html", "page-bundle.ts");
  await expect(await bundlePage()).toMatchFileSnapshot(bundle);
});
