/**
 * What some tests need beyond Node: the shared folder, QEMU's scripts, programs of the machine.
 *
 * A test that needs such a thing says so, and is handed it:
 *
 *     testWith(["shared", "python", "qemuScripts"], "decode equals simpletrace.py", (tool) => {
 *       execFileSync(tool.python, [join(tool.qemuScripts, "simpletrace.py"), …]);
 *     });
 *
 *     describeWith(["shared"], "the corpus", (tool) => {
 *       for (const file of readdirSync(sharedPath("corpus"))) test(file, () => …);
 *     });
 *
 * Where one is missing, the test is skipped under a name that says so:
 * `decode equals simpletrace.py [needs python, qemu-scripts]`. A group that lacks something is not
 * entered, so its body may read files while it collects tests; one skipped test stands for it.
 * `skips-reporter.ts` counts the skips; with QTRACE_NO_SKIPS=1 they fail the run, as `.ci/run` does.
 *
 * Tests that need nothing but programs take these words from `programs.ts`.
 *
 * The constants and `tools` are for the rest: `tools.gcc` is a path or undefined, looked for at the
 * first use and only once. Never `test.skipIf` on them: that skip would not say why.
 */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Needed, needing } from "./needing.js";
import { programs } from "./programs.js";
import { repoRoot } from "./repo-root.js";

/** Folders that are no part of the repository. */
const folders = {
  /** The shared folder: env QTRACE_SHARED, else `../shared` beside the repository. */
  shared: {
    label: "shared",
    find: () => folderWith("recordings", env("QTRACE_SHARED") ?? join(repoRoot, "..", "shared")),
  },
  /** The folder with QEMU's simpletrace.py, analyze-migration.py and tracetool/. */
  qemuScripts: {
    label: "qemu-scripts",
    find: () =>
      folderWith(
        "simpletrace.py",
        env("QTRACE_QEMU_SCRIPTS") ?? join(repoRoot, ".cache", "qemu-scripts"),
      ),
  },
  /** The folder with Perfetto's perfetto_trace.proto. */
  perfetto: {
    label: "perfetto-proto",
    find: () =>
      folderWith(
        "perfetto_trace.proto",
        env("QTRACE_PERFETTO") ?? join(repoRoot, ".cache", "perfetto"),
      ),
  },
} satisfies Record<string, Needed>;

const catalogue = { ...programs, ...folders };

/** The name of a thing that a test may need. */
export type Tool = keyof typeof catalogue;

export const { found: tools, missing, testWith, describeWith } = needing<Tool>(catalogue);

/** Absolute path of the shared folder, or undefined where there is none. */
export const shared: string | undefined = tools.shared;

/** A path inside the shared folder. Throws where there is none: use it under `testWith(["shared"], …)`. */
export function sharedPath(...parts: string[]): string {
  if (shared === undefined) throw new Error("no shared folder: guard this test with `shared`");
  return join(shared, ...parts);
}

function env(name: string): string | undefined {
  return process.env[name] || undefined;
}

function folderWith(entry: string, folder: string): string | undefined {
  return existsSync(join(folder, entry)) ? resolve(folder) : undefined;
}
