import { ruleMistake } from "../../lint/config.js";
import type { Levels } from "../../lint/lint-tree.js";
import { type QemuVersion, readQemuVersion } from "../../lint/qemu-version.js";
import type { Level, RuleSet } from "../../lint/rule.js";
import { Failure } from "../io.js";

/** The options of `qtrace lint` as they are given. */
export interface LintOptions {
  readonly format: "text" | "json" | "sarif" | "github";
  readonly set?: RuleSet;
  readonly rule: readonly string[];
  readonly config?: string;
  readonly fix?: true;
  readonly fixDryRun?: true;
  readonly source?: string;
  readonly qemu?: QemuVersion;
  readonly baseline?: string;
  readonly updateBaseline?: true;
  readonly diff?: string;
  readonly maxWarnings?: number;
}

/** The levels of `--rule NAME=LEVEL`. */
export function readRuleOptions(given: readonly string[]): Levels {
  return new Map(
    given.map((text) => {
      const [, name = text, level] = /^([^=]*)=(off|warn|error)$/.exec(text) ?? [];
      const mistake = level ? ruleMistake(name) : "expected NAME=off, NAME=warn or NAME=error";
      if (mistake) throw new Failure(`--rule ${text}: ${mistake}`);
      return [name, level as Level];
    }),
  );
}

/** A version for `--qemu`. */
export function readQemuOption(text: string): QemuVersion {
  const version = readQemuVersion(text);
  if (!version) throw new Failure(`--qemu ${text}: expected a version such as 7.2`);
  return version;
}

/** A number of warnings for `--max-warnings`. */
export function readMaxWarnings(text: string): number {
  if (!/^\d+$/.test(text)) throw new Failure(`--max-warnings ${text}: expected a number`);
  return Number(text);
}

/** Options that contradict each other, or want what is not given. */
export function refuseUsage(files: readonly string[], options: LintOptions): void {
  const fixes = options.fix ? "--fix" : options.fixDryRun ? "--fix-dry-run" : undefined;
  if (options.fix && options.fixDryRun) {
    throw new Failure("--fix writes, --fix-dry-run does not: give one of them");
  }
  if (options.fix && files.includes("-")) {
    throw new Failure("--fix cannot write to standard input; --fix-dry-run prints the changes");
  }
  if (fixes && options.diff !== undefined) {
    throw new Failure(`${fixes} mends whole files: it cannot go with --diff`);
  }
  if (options.updateBaseline && options.baseline === undefined) {
    throw new Failure("--update-baseline wants --baseline FILE");
  }
  if (options.updateBaseline && options.diff !== undefined) {
    throw new Failure("--update-baseline takes all findings: it cannot go with --diff");
  }
}
