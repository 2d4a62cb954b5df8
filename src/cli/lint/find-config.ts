import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { LintConfig } from "../../lint/config.js";
import { defaultConfig, type LevelOverrides, levelsAt, parseConfig } from "../../lint/config.js";
import type { LevelsFor } from "../../lint/lint-tree.js";
import { unreadable } from "../files.js";
import { Failure } from "../io.js";

const NAME = "qtrace.config.json";

interface FoundConfig {
  readonly config: LintConfig;
  /** Paths in it are relative to this. */
  readonly folder: string;
}

/**
 * The levels for each file: by the configuration that is named, else by the nearest
 * `qtrace.config.json` in the file's folder or above. Throws `Failure` for one with a mistake in it.
 */
export function configuredLevels(named: string | undefined, overrides: LevelOverrides): LevelsFor {
  const byFolder = new Map<string, FoundConfig>();
  const forced = named === undefined ? undefined : readConfig(named);
  if (named !== undefined && !forced) throw new Failure(`${named}: no such file or folder`);
  return (file) => {
    const absolute = path.resolve(file === "-" ? "stdin" : file);
    const { config, folder } = forced ?? findUpward(path.dirname(absolute), byFolder);
    const relative = path.relative(folder, absolute).split(path.sep).join("/");
    return levelsAt(config, overrides, relative);
  };
}

function findUpward(folder: string, known: Map<string, FoundConfig>): FoundConfig {
  let found = known.get(folder);
  if (found) return found;
  const above = path.dirname(folder);
  found = readConfig(path.join(folder, NAME));
  found ??= above === folder ? { config: defaultConfig, folder } : findUpward(above, known);
  known.set(folder, found);
  return found;
}

function readConfig(file: string): FoundConfig | undefined {
  // Most folders have none: an exception for each is dear.
  if (!existsSync(file)) return undefined;
  let text: string;
  try {
    if (!statSync(file).isFile()) throw new Failure(`${file}: is not a regular file`);
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw unreadable(file, error);
  }
  const parsed = parseConfig(text);
  if ("mistake" in parsed) throw new Failure(`${file}: ${parsed.mistake}`);
  return { config: parsed.config, folder: path.dirname(path.resolve(file)) };
}
