import type { Format } from "./make-sink.js";
import type { SelectionOptions } from "./selection.js";

/** What a thread that helps to print a trace is to do. */
export interface HelperPlan {
  readonly trace: string;
  /** So many bytes of it, for all threads. */
  readonly size: number;
  readonly events: readonly string[] | undefined;
  readonly selection: SelectionOptions;
  readonly format: Format;
  readonly csvSafe: boolean;
  readonly jobs: number;
  /** Its number among the `jobs`; 0 is the thread that writes. */
  readonly thread: number;
}
