import { setImmediate } from "node:timers/promises";
import { vi } from "vitest";

/** How many listeners on aborts were added, on whatever signals, and not removed while something ran. */
export async function leftListeners(body: () => Promise<unknown>): Promise<number> {
  const left = new Set<string>();
  const ids = new Map<unknown, number>();
  const id = (of: unknown) => ids.get(of) ?? ids.set(of, ids.size).get(of)!;
  const spies = (["addEventListener", "removeEventListener"] as const).map((name) => {
    const real = EventTarget.prototype[name];
    return vi.spyOn(EventTarget.prototype, name).mockImplementation(function (
      this: EventTarget,
      ...args: Parameters<typeof real>
    ) {
      const [event, listener] = args;
      const key = `${id(this)} ${id(listener)}`;
      if (this instanceof AbortSignal && event === "abort") {
        if (name === "addEventListener") left.add(key);
        else left.delete(key);
      }
      real.apply(this, args);
    });
  });
  try {
    await body();
    // What is closing takes its listeners with it a little later.
    for (let turns = 0; left.size > 0 && turns < 1000; turns += 1) await setImmediate();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return left.size;
}
