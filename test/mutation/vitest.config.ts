import { readFileSync } from "node:fs";
import { basename, matchesGlob, relative, resolve } from "node:path";
import { mergeConfig } from "vitest/config";
import { BaseSequencer, type TestModule, type TestSpecification, type Vitest } from "vitest/node";
import project from "../../vitest.config.js";

/** The tests of a room, and the sources that are mutated, which main.ts hands over. */
const tests: string[] = JSON.parse(process.env.QTRACE_MUTATION_TESTS ?? "[]");
const sources: string[] = JSON.parse(process.env.QTRACE_MUTATION_SOURCES ?? "[]");

/** The source of each mutant, by the mutant's number, which Stryker writes into the instrumented source. */
const sourceOf = new Map<string, string>();
for (const path of sources)
  for (const [, id] of readFileSync(path, "utf8").matchAll(/stryMutAct_\w+\("(\d+)"\)/g))
    sourceOf.set(id!, path);

/** How often each test file noticed a mutant: of a source, and (with an empty source) of any. */
const noticed = new Map<string, number>();
const key = (source: string, module: string) => `${source} ${module}`;
const timesNoticed = (source: string, module: string) => noticed.get(key(source, module)) ?? 0;

/** The source of the mutant that is tested; empty in the first run, which has none. */
let source = "";
let vitest: Vitest | undefined;

/**
 * The first failure ends a run, so the files that are likely to fail come first: those that noticed
 * mutants of the same source, the test named after it, and then in the order of the globs.
 */
class LikelyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    source = sourceOf.get(activeMutant(this.ctx)) ?? "";
    const name = basename(source, ".ts");
    const rank = ({ moduleId }: TestSpecification) => {
      const path = relative(process.cwd(), moduleId);
      return [
        timesNoticed(source, moduleId),
        basename(path) === `${name}.test.ts` ? 1 : 0,
        timesNoticed("", moduleId),
        -tests.findIndex((glob) => matchesGlob(path, glob)),
      ];
    };
    const ranked = files.map((file) => ({ file, rank: rank(file) }));
    return ranked.sort((a, b) => descending(a.rank, b.rank)).map(({ file }) => file);
  }
}

function activeMutant(vitest: Vitest): string {
  const context: Record<string, unknown> = { ...vitest.getRootProject().getProvidedContext() };
  return String(context.activeMutant);
}

function descending(a: number[], b: number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : b[at]! - a[at]!;
}

const { projects: _, reporters: __, ...test } = project.test ?? {};

export default mergeConfig(
  { ...project, test },
  {
    // The package loads 700 small files, which takes longer than most tests; this is one file.
    resolve: {
      alias: { chevrotain: resolve("node_modules/chevrotain/lib/chevrotain.min.mjs") },
    },
    test: {
      include: tests,
      reporters: [
        {
          onInit(started: Vitest) {
            vitest = started;
          },
          onTestModuleEnd(module: TestModule) {
            if (module.state() !== "failed") return;
            // Stryker looks only at tests: a file that cannot be loaded has none.
            for (const error of module.errors()) vitest?.state.catchError(error, "Unhandled Error");
            if (source === "") return;
            for (const of of [source, ""])
              noticed.set(key(of, module.moduleId), timesNoticed(of, module.moduleId) + 1);
          },
        },
      ],
      // One run tests one mutant, in a fresh thread: its files can share their modules.
      isolate: false,
      fileParallelism: false,
      sequence: { sequencer: LikelyFirst },
    },
  },
);
