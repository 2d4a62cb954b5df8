import type { Source } from "../../grammar/source.js";
import type { Problem } from "./catalogue.js";

/** What is wrong in a file, by place. */
export interface FileProblems {
  readonly source: Source;
  /** Relative to the tree's top, with `/`. */
  readonly path: string;
  readonly problems: readonly Problem[];
}
