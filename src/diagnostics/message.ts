/** How bad a finding is: an `error` makes the exit code 1. */
export type Severity = "error" | "warning";

/** A message of the catalogue: how bad what it tells is, and its words. */
export interface Message<V> {
  readonly severity: Severity;
  readonly text: (values: V) => string;
}

/** The values of a message that is always the same. */
export type Nothing = Readonly<Record<never, never>>;

export function plainError(text: string): Message<Nothing> {
  return { severity: "error", text: () => text };
}

export function plainWarning(text: string): Message<Nothing> {
  return { severity: "warning", text: () => text };
}

export function error<V>(text: (values: V) => string): Message<V> {
  return { severity: "error", text };
}

export function warning<V>(text: (values: V) => string): Message<V> {
  return { severity: "warning", text };
}

/** `one argument`, `2 arguments`, `no arguments`. */
export function plural(count: number, word: string): string {
  return count === 1 ? `one ${word}` : `${count || "no"} ${word}s`;
}
