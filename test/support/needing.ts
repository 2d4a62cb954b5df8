import { describe, type TestContext, test } from "vitest";

/** A thing that a test may need. */
export interface Needed {
  /** What a skipped test's name calls it. */
  readonly label: string;
  /** Its path, or undefined where it is not there. */
  readonly find: () => string | undefined;
}

/** Tests that need things of a catalogue, which is looked through as they ask, once for each thing. */
export interface Needing<Name extends string> {
  /** Where each thing is, or undefined. */
  readonly found: { readonly [name in Name]: string | undefined };
  /** The labels of those among `needed` that are not to be had here. */
  readonly missing: (needed: readonly Name[]) => string[];
  /** `test` that gets the paths of what it needs, or is skipped by a name that tells what is missing. */
  readonly testWith: <const T extends Name>(
    needed: readonly T[],
    name: string,
    body: (tool: Found<T>, context: TestContext) => void | Promise<void>,
    timeout?: number,
  ) => void;
  /** `describe` likewise: where something is missing, one skipped test stands for the group. */
  readonly describeWith: <const T extends Name>(
    needed: readonly T[],
    name: string,
    body: (tool: Found<T>) => void,
  ) => void;
}

/** The things that were asked for, each a path. */
export type Found<T extends string> = { readonly [name in T]: string };

/** What tests call that need things of a catalogue. */
export function needing<Name extends string>(
  catalogue: Readonly<Record<Name, Needed>>,
): Needing<Name> {
  const paths = new Map<Name, string | undefined>();
  const locate = (name: Name) => {
    if (!paths.has(name)) paths.set(name, catalogue[name].find());
    return paths.get(name);
  };
  const missing = (needed: readonly Name[]) =>
    needed
      .filter((name) => locate(name) === undefined)
      .map((name) => catalogue[name].label)
      .sort();
  const hand = <T extends Name>(needed: readonly T[]) =>
    Object.fromEntries(needed.map((name) => [name, locate(name)])) as Found<T>;
  const unlessMissing = (needed: readonly Name[], name: string, declare: () => void) => {
    const lacks = missing(needed);
    if (lacks.length > 0) test.skip(skippedName(name, lacks), () => {});
    else declare();
  };
  return {
    found: Object.defineProperties(
      {} as { [name in Name]: string | undefined },
      Object.fromEntries(
        (Object.keys(catalogue) as Name[]).map((name) => [name, { get: () => locate(name) }]),
      ),
    ),
    missing,
    testWith: (needed, name, body, timeout) =>
      unlessMissing(needed, name, () =>
        test(name, (context) => body(hand(needed), context), timeout),
      ),
    describeWith: (needed, name, body) =>
      unlessMissing(needed, name, () => describe(name, () => body(hand(needed)))),
  };
}

/** The name under which a test is skipped; `skips-reporter.ts` reads the reason from it. */
export function skippedName(name: string, lacks: readonly string[]): string {
  return `${name} [needs ${lacks.join(", ")}]`;
}
