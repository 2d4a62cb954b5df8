import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "tsup";
import { repoRoot } from "./tools.js";

const folder = join(repoRoot, "src", "report", "html", "page");

/** The module that holds the page's script and style: `src/report/html/page-bundle.ts`. */
export async function bundlePage(): Promise<string> {
  const style = readFileSync(join(folder, "page.css"), "utf8");
  return [
    "// Made of page/ by `npm run page`; test/report/html/page-bundle.test.ts says if it is stale.\n",
    "/** The script of an HTML report. */",
    `export const pageScript = ${JSON.stringify(await bundleScript())};\n`,
    "/** Its style sheet. */",
    `export const pageStyle = ${JSON.stringify(minifyStyle(style))};\n`,
  ].join("\n");
}

async function bundleScript(): Promise<string> {
  let script = "";
  await build({
    entry: { page: join(folder, "main.ts") },
    config: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    minify: true,
    silent: true,
    clean: false,
    plugins: [
      {
        name: "keep",
        renderChunk: (code) => {
          script = code;
          return { code };
        },
      },
    ],
    outDir: join(repoRoot, ".cache", "page"),
  });
  return script.trim();
}

/** Comments and indentation serve the reader of the source only. */
function minifyStyle(style: string): string {
  return style
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\n\s*/g, "\n")
    .trim();
}
