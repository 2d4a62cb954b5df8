import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { repoRoot } from "../support/repo-root.js";

const configuration = {
  files: { maxSize: 10_000_000 },
  formatter: { indentStyle: "space", lineWidth: 100 },
  linter: { rules: { preset: "recommended" } },
};

/** Throws where Biome would lay out a file in `generated` differently, or its linter finds something. */
export function checkWithBiome(folder: string): void {
  writeFileSync(join(folder, "biome.json"), JSON.stringify(configuration));
  const program = join(repoRoot, "node_modules", "@biomejs/biome/bin/biome");
  const args = ["check", `--config-path=${folder}`, join(folder, "generated")];
  execFileSync(process.execPath, [program, ...args], { encoding: "utf8" });
}
