import { ConnectionLost } from "./migration-error.js";

/** How long something is waited for. */
export interface Patience {
  /** Ends the wait; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Milliseconds for which the other side may keep this end waiting; no limit if left out. */
  readonly stallTimeout?: number | undefined;
  /** What the other side is; "the peer" if left out. */
  readonly other?: string | undefined;
}

/** The outcome of a promise, unless patience ends first. */
export function abortable<T>(
  promise: PromiseLike<T>,
  { signal, stallTimeout, other = "the peer" }: Patience,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    const fail = (reason: unknown) => {
      settle();
      reject(reason);
    };
    const abort = () => fail(signal.reason);
    // Whatever comes after the signal is heard here, so that no rejection stays unhandled.
    promise.then((value) => {
      settle();
      resolve(value);
    }, fail);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    if (stallTimeout !== undefined)
      timer = setTimeout(() => fail(stalled(other, stallTimeout)), stallTimeout);
  });
}

function stalled(other: string, milliseconds: number): ConnectionLost {
  return new ConnectionLost(`${other} kept this end waiting for ${milliseconds} ms`);
}

/** Waits for some milliseconds; throws the signal's reason if that comes first. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await abortable(waited, { signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a promise settles within some milliseconds; throws the signal's reason if that comes first. */
export async function settlesWithin(
  promise: Promise<unknown>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await abortable(Promise.race([settled, late]), { signal });
  } finally {
    clearTimeout(timer);
  }
}
