import { matchPath } from "../glob.js";
import type { Levels } from "./lint-tree.js";
import { nearestName } from "./nearest-name.js";
import { levelsOf, ruleNamed, rules } from "./registry.js";
import type { Level, RuleSet } from "./rule.js";

/** What `qtrace.config.json` says (docs/lint-config.md). */
export interface LintConfig {
  readonly set: RuleSet | undefined;
  readonly rules: Levels;
  /** Later ones win over earlier ones. */
  readonly paths: readonly PathConfig[];
}

/** Levels for some files. */
export interface PathConfig {
  /** Patterns of paths, relative to the configuration's folder. */
  readonly files: readonly string[];
  readonly rules: Levels;
}

/** A configuration, or what is wrong with the text, in a line. */
export type ParsedConfig = { readonly config: LintConfig } | { readonly mistake: string };

/** A mistake in a configuration, told by its place: `rules.stray-leter: …`. */
class Mistake extends Error {}

export const defaultConfig: LintConfig = { set: undefined, rules: new Map(), paths: [] };

/** Reads the text of a `qtrace.config.json`. */
export function parseConfig(text: string): ParsedConfig {
  try {
    return { config: readConfig(parseJson(text)) };
  } catch (error) {
    if (error instanceof Mistake) return { mistake: error.message };
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    // Some editors put a byte-order mark there.
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new Mistake(`not JSON: ${(error as Error).message.replaceAll(/\s+/g, " ")}`);
  }
}

function readConfig(value: unknown): LintConfig {
  const { $schema: _, set, rules = {}, paths = [], ...others } = record(value, "the file");
  refuse(others, ["set", "rules", "paths"], "");
  return {
    set: set === undefined ? undefined : readSet(set, "set"),
    rules: readRules(rules, "rules"),
    paths: array(paths, "paths").map((entry, index) => readPath(entry, `paths[${index}]`)),
  };
}

function readPath(value: unknown, place: string): PathConfig {
  const { files: given, rules, ...others } = record(value, place);
  refuse(others, ["files", "rules"], `${place}.`);
  const files = array(given, `${place}.files`).map((pattern, index) => {
    if (typeof pattern === "string") return pattern;
    throw new Mistake(`${place}.files[${index}]: expected a string`);
  });
  return { files, rules: readRules(rules, `${place}.rules`) };
}

function readRules(value: unknown, place: string): Levels {
  const entries = Object.entries(record(value, place));
  return new Map(
    entries.map(([name, level]) => {
      const mistake = ruleMistake(name) ?? levelMistake(level);
      if (mistake) throw new Mistake(`${place}.${name}: ${mistake}`);
      return [name, level as Level];
    }),
  );
}

function readSet(value: unknown, place: string): RuleSet {
  if (value === "recommended" || value === "strict") return value;
  throw new Mistake(`${place}: expected "recommended" or "strict"`);
}

/** What is wrong with a rule's name; nothing if there is such a rule. */
export function ruleMistake(name: string): string | undefined {
  if (ruleNamed(name)) return undefined;
  const near = nearestName(
    name,
    rules.map((rule) => rule.name),
  );
  return `there is no rule '${name}'${near ? `; is it '${near}'?` : ""}`;
}

function levelMistake(level: unknown): string | undefined {
  if (level === "off" || level === "warn" || level === "error") return undefined;
  return 'expected "off", "warn" or "error"';
}

function record(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Mistake(`${place}: expected an object`);
}

function array(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Mistake(`${place}: expected an array`);
}

function refuse(others: Record<string, unknown>, keys: readonly string[], place: string): void {
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new Mistake(`${place}${other}: not known; expected one of ${keys.join(", ")}`);
}

/** What the command line says over the configuration. */
export interface LevelOverrides {
  readonly set: RuleSet | undefined;
  readonly rules: Levels;
}

/**
 * The levels for a file, `path` being relative to the configuration's folder: the set's, the
 * configuration's rules, its rules for such paths, the command line's.
 */
export function levelsAt(config: LintConfig, overrides: LevelOverrides, path: string): Levels {
  const forPath = config.paths.filter(({ files }) =>
    files.some((pattern) => matchPath(pattern, path)),
  );
  const changes = [config.rules, ...forPath.map((more) => more.rules), overrides.rules];
  const levels = levelsOf(overrides.set ?? config.set ?? "recommended");
  if (changes.every(({ size }) => size === 0)) return levels;
  return new Map([levels, ...changes].flatMap((more) => [...more]));
}
