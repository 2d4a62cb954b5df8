import { join } from "node:path";
import { build } from "esbuild";
import { repoRoot } from "../tools.js";

/**
 * The command line, built, for tests that start it often or kill it: from its TypeScript it
 * takes a second to start. Gives the file's path.
 */
export async function buildCli(name: string): Promise<string> {
  const outdir = join(repoRoot, ".cache", name);
  await build({
    entryPoints: {
      cli: join(repoRoot, "src/cli/bin.ts"),
      "export-worker": join(repoRoot, "src/cli/fleet/export-worker.ts"),
    },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "silent",
  });
  return join(outdir, "cli.js");
}
