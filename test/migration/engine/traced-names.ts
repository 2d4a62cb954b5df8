import { AsyncLocalStorage } from "node:async_hooks";
import { addSink, disableAllEvents, enableEvents, type Sink } from "../../../src/runtime/index.js";

/** Which end of a migration an event is of. */
export type End = "source" | "destination";

/** Runs something as one end of a migration. */
export type As = <T>(end: End, part: () => Promise<T>) => Promise<T>;

/** Hands over what each end traces while something runs. */
export async function tracingEnds(
  write: (end: End, ...record: Parameters<Sink["write"]>) => void,
  run: (as: As) => Promise<void>,
): Promise<void> {
  const current = new AsyncLocalStorage<End>();
  const remove = addSink({
    write(...record) {
      const end = current.getStore();
      if (end) write(end, ...record);
    },
  });
  enableEvents("*");
  try {
    await run((of, part) => current.run(of, part));
  } finally {
    disableAllEvents();
    remove();
  }
}

/** The names of the events that each end traces, in order, while something runs. */
export async function tracedNames(
  run: (as: As) => Promise<void>,
): Promise<Readonly<Record<End, readonly string[]>>> {
  const names: Record<End, string[]> = { source: [], destination: [] };
  await tracingEnds((end, { name }) => names[end].push(name), run);
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
