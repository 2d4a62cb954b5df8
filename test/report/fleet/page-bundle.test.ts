import { expect, test } from "vitest";
import { bundleFile, bundlePage } from "../bundle-page.js";

test("the page's bundle is made of what is in page/ (npm run page makes it anew)", async () => {
  const bundle = await bundlePage("fleet", "uplot/dist/uPlot.min.css");
  await expect(bundle).toMatchFileSnapshot(bundleFile("fleet"));
});
