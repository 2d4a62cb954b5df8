import { matchesGlob, relative, resolve } from "node:path";
import { mergeConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import project from "../../vitest.config.js";

/** The tests of a room, which main.ts hands over. */
const tests: string[] = JSON.parse(process.env.QTRACE_MUTATION_TESTS ?? "[]");

/** Runs files in the order of the globs that name them. */
class TableOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      tests.findIndex((glob) => matchesGlob(relative(process.cwd(), moduleId), glob));
    return [...files].sort((a, b) => place(a) - place(b));
  }
}

const { projects: _, reporters: __, ...test } = project.test ?? {};

export default mergeConfig(
  { ...project, test },
  {
    // The package loads 700 small files, which takes longer than most tests; this is one file.
    resolve: { alias: { chevrotain: resolve("node_modules/chevrotain/lib/chevrotain.min.mjs") } },
    test: {
      include: tests,
      reporters: [],
      // One run tests one mutant, in a fresh thread: its files can share their modules.
      isolate: false,
      fileParallelism: false,
      sequence: { sequencer: TableOrder },
    },
  },
);
