import type { Options } from "tsup";

/** One bundle an entry, shared code in chunks; the declarations come from `tsc`. */
const common: Options = {
  format: "esm",
  target: "node20",
  splitting: true,
  treeshake: true,
  dts: false,
};

/** commander is CommonJS, and requires what Node has. */
export const requireBanner = {
  js: 'import { createRequire as requireOf } from "node:module";\nconst require = requireOf(import.meta.url);',
};

const bundles: Options[] = [
  {
    ...common,
    entry: {
      index: "src/index.ts",
      runtime: "src/runtime/index.ts",
      traces: "src/traces/index.ts",
      migration: "src/migration/index.ts",
      analysis: "src/analysis/index.ts",
    },
    platform: "neutral",
    external: [/^node:/, "chevrotain"],
  },
  {
    ...common,
    entry: {
      cli: "src/cli/bin.ts",
      "decode-worker": "src/cli/decode/decode-worker.ts",
      "export-worker": "src/cli/fleet/export-worker.ts",
    },
    platform: "node",
    // Their files take longer to be found than all of QEMU's events, or a stream, to be read.
    noExternal: ["chevrotain", "commander", "diff", "fflate", "picocolors", "xxhash-wasm"],
    // Optional, and native.
    external: ["@duckdb/node-api"],
    banner: requireBanner,
  },
];

export default bundles;
