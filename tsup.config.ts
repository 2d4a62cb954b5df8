import { defineConfig } from "tsup";

/** One bundle an entry, shared code in chunks; the declarations come from `tsc`. */
export default defineConfig({
  entry: {
    cli: "src/cli/bin.ts",
    index: "src/index.ts",
    runtime: "src/runtime/index.ts",
    traces: "src/traces/index.ts",
    migration: "src/migration/index.ts",
    analysis: "src/analysis/index.ts",
  },
  format: "esm",
  target: "node20",
  platform: "neutral",
  external: [/^node:/, "chevrotain", "commander"],
  splitting: true,
  treeshake: true,
  clean: true,
  dts: false,
});
