import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { repoRoot } from "../support/repo-root.js";

const reports = join(repoRoot, "src", "report");

/** Where the bundle of a report's page is: of the folder `html` or `fleet` in `src/report`. */
export function bundleFile(report: string): string {
  return join(reports, report, "page-bundle.ts");
}

/**
 * The module `page-bundle.ts` of what is in a report's `page/`: the page's script in one piece, and
 * its style without indentation, behind what all pages have and the style of a library.
 */
export async function bundlePage(report: string, library?: string): Promise<string> {
  const page = join(reports, report, "page");
  const { outputFiles } = await build({
    entryPoints: [join(page, "main.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    write: false,
  });
  const script = outputFiles[0]!.text.trimEnd();
  const styles = [join(reports, "html", "page", "base.css"), join(page, "page.css")];
  if (library) styles.unshift(join(repoRoot, "node_modules", library));
  const style = styles.map((file) => readFileSync(file, "utf8").replace(/^\s+/gm, "").trimEnd());
  return [
    `// Made of page/ by \`npm run page\`; test/report/${report}/page-bundle.test.ts says if it is stale.`,
    "",
    "/** The script of an HTML report. */",
    `export const pageScript = ${JSON.stringify(script)};`,
    "",
    "/** The style of an HTML report. */",
    `export const pageStyle = ${JSON.stringify(style.join("\n"))};`,
    "",
  ].join("\n");
}
