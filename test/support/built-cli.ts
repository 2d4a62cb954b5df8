import { join } from "node:path";
import { build } from "esbuild";
import { repoRoot } from "./repo-root.js";

/**
 * The command line, built, for tests that start it often or kill it: from its TypeScript it
 * takes a second to start. Gives the file's path.
 */
export async function buildCli(name: string): Promise<string> {
  const folder = join(repoRoot, ".cache", name);
  await bundle(folder, {
    cli: "src/cli/bin.ts",
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
    packages: "external",
    logLevel: "silent",
  });
}
