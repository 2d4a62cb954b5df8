import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { repoRoot } from "../../support/tools.js";

const page = join(repoRoot, "src", "report", "html", "page");

/**
 * The module `page-bundle.ts` of what is in `page/`: the page's script in one piece, and its style
 * without indentation.
 */
export async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(page, "main.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    write: false,
  });
  const script = outputFiles[0]!.text.trimEnd();
  const style = readFileSync(join(page, "page.css"), "utf8").replace(/^\s+/gm, "").trimEnd();
  return [
    "// Made of page/ by `npm run page`; test/report/html/page-bundle.test.ts says if it is stale.",
    "",
    "/** The script of an HTML report. */",
    `export const pageScript = ${JSON.stringify(script)};`,
    "",
    "/** The style of an HTML report. */",
    `export const pageStyle = ${JSON.stringify(style)};`,
    "",
  ].join("\n");
}
