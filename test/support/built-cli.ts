import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { main } from "../../src/cli/main.js";
import { requireBanner } from "../../tsup.config.js";
import { repoRoot } from "./repo-root.js";

/**
 * The command line, built, for tests that start it often or kill it: from its TypeScript it
 * takes a second to start. Gives the file's path.
 */
export async function buildCli(name: string): Promise<string> {
  return buildEntry(name, "src/cli/bin.ts");
}

/**
 * The command line, built, to be run in this process: its threads start from built modules, too, which
 * takes a tenth of the time that their TypeScript takes.
 */
export async function buildMain(name: string): Promise<typeof main> {
  const file = await buildEntry(name, "src/cli/main.ts");
  const built: { readonly main: typeof main } = await import(pathToFileURL(file).href);
  return built.main;
}

async function buildEntry(name: string, entry: string): Promise<string> {
  const folder = join(repoRoot, ".cache", name);
  await bundle(folder, {
    cli: entry,
    "decode-worker": "src/cli/decode/decode-worker.ts",
    "export-worker": "src/cli/fleet/export-worker.ts",
  });
  return join(folder, "cli.js");
}

/** Bundles modules of the project, by the names that they are to have, into a folder. */
export async function bundle(
  folder: string,
  modules: Readonly<Record<string, string>>,
): Promise<void> {
  await build({
    entryPoints: Object.fromEntries(
      Object.entries(modules).map(([name, file]) => [name, join(repoRoot, file)]),
    ),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // The rest is bundled as in what is shipped (tsup.config.ts): commands start in half the time.
    external: ["@clickhouse/client", "@duckdb/node-api", "hyparquet", "hyparquet-writer"],
    banner: requireBanner,
    logLevel: "silent",
  });
}
