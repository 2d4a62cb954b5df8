/** A folder of sources whose mutants are tested. */
export interface Room {
  /** Its tests, as globs: fast ones first, since a failure ends a run. */
  readonly tests: readonly string[];
  /** What is not mutated, as globs. */
  readonly except?: readonly string[];
  /** Variables that make random tests shorter. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The rooms, and the tests that must notice a change in each. Left out are tests that take long for
 * what they notice: those that compile C or TypeScript, start Chromium or read every recording. So a
 * score is a lower bound for the complete suite.
 */
export const rooms: Readonly<Record<string, Room>> = {
  "src/printf": {
    tests: ["test/printf/format.test.ts", "test/printf/glibc.test.ts"],
    env: { QTRACE_PRINTF_FORMATS: "100" },
  },
  "src/model": {
    tests: ["test/model/!(*corpus|*.gcc|declaration).test.ts", "test/model/declaration.test.ts"],
    env: { QTRACE_FUZZ: "200" },
  },
  "src/traces": {
    tests: [
      "test/traces/!(damage|recordings|gunzip|log-differences|text-printer).test.ts",
      "test/traces/{lines,print,simpletrace}/*.test.ts",
      "test/traces/text-printer.test.ts",
    ],
    except: ["src/traces/index.ts"],
  },
  "src/migration/wire": {
    tests: [
      "test/migration/wire/!(damage|destination-trace|footer-search|machines|qemu|read-pipe|recordings|rewrite).test.ts",
      "test/migration/wire/footer-search.test.ts",
    ],
  },
  "src/codegen": {
    tests: [
      "test/codegen/!(compilers|corpus|hostile-names|layout).test.ts",
      "test/codegen/layout.test.ts",
    ],
  },
  "src/analysis": {
    tests: ["test/analysis/!(never-wrong|recordings-11).test.ts"],
    except: ["src/analysis/index.ts"],
    env: { QTRACE_SIMULATED: "24", QTRACE_GENERATED: "10", QTRACE_LOSSES: "4" },
  },
  "src/fleet": { tests: ["test/fleet/*.test.ts"] },
  // Before src/report, which has them in its folder.
  "src/report/html/page": {
    tests: ["test/report/html/page/*.test.ts"],
  },
  "src/report/fleet/page": {
    tests: ["test/report/fleet/page/*.test.ts"],
  },
  "src/report": {
    tests: ["test/report/**/!(page|drawing|unknowns|page-bundle).test.ts"],
    except: ["src/report/html/page/**", "src/report/fleet/page/**", "src/report/**/page-bundle.ts"],
  },
};
