import { AsyncLocalStorage } from "node:async_hooks";
import { addSink, disableAllEvents, enableEvents } from "../../../src/runtime/index.js";

/** Which end of a migration an event is of. */
export type End = "source" | "destination";

/** The names of the events that each end traces, in order, while something runs. */
export async function tracedNames(
  run: (as: <T>(end: End, part: () => Promise<T>) => Promise<T>) => Promise<void>,
): Promise<Readonly<Record<End, readonly string[]>>> {
  const names: Record<End, string[]> = { source: [], destination: [] };
  const end = new AsyncLocalStorage<End>();
  const remove = addSink({
    write(event) {
      const own = end.getStore();
      if (own) names[own].push(event.name);
    },
  });
  enableEvents("*");
  try {
    await run((of, part) => end.run(of, part));
  } finally {
    disableAllEvents();
    remove();
  }
  return names;
}

/** An event with the values that it was traced with. */
export interface Traced {
  readonly name: string;
  readonly values: readonly unknown[];
}

/** What is traced of some events while something runs. */
export async function enabledValues(
  patterns: readonly string[],
  run: () => Promise<void>,
): Promise<readonly Traced[]> {
  const traced: Traced[] = [];
  const remove = addSink({
    write: (event, values) => traced.push({ name: event.name, values: [...values] }),
  });
  enableEvents(...patterns);
  try {
    await run();
  } finally {
    disableAllEvents();
    remove();
  }
  return traced;
}
