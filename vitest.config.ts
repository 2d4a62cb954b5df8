import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const source = fileURLToPath(new URL("src", import.meta.url));

/** Tests of programs, sockets, clocks and what is global: a process for each file. */
const alone = ["cli", "fuzz", "migration/engine", "runtime"].map(
  (room) => `test/${room}/**/*.test.ts`,
);

export default defineConfig({
  // Examples import the package by its name; tests run them on its sources.
  resolve: {
    alias: [
      { find: /^qtrace$/, replacement: `${source}/index.ts` },
      { find: /^qtrace\/(.*)$/, replacement: `${source}/$1/index.ts` },
    ],
  },
  test: {
    reporters: ["default", "./test/support/skips-reporter.ts"],
    testTimeout: 60_000,
    // Many tests wait for programs that they start: two at a time take 0.7 of the time of one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        // Loading the modules takes longer than most tests of the rooms, which change nothing global.
        test: {
          name: "rooms",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...alone],
          isolate: false,
        },
      },
      { extends: true, test: { name: "alone", include: alone } },
    ],
  },
});
