import type { Outcome } from "./export-plan.js";

/** What a thread of an export is told. */
export type ToWorker =
  | { readonly type: "export"; readonly folder: string }
  | { readonly type: "close" };

/** What it tells. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "outcome"; readonly outcome: Outcome }
  | { readonly type: "note"; readonly text: string }
  | { readonly type: "failure"; readonly message: string; readonly exitCode: 1 | 2 }
  | { readonly type: "closed" };
