import { expect, test } from "vitest";
import { bundleFile, bundlePage } from "../bundle-page.js";

test("the page's bundle is made of what is in page/ (npm run page makes it anew)", async () => {
  await expect(await bundlePage("html")).toMatchFileSnapshot(bundleFile("html"));
});
