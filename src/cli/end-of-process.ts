import type { ChildProcess } from "node:child_process";

/** The signals by which users end a process. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What must not outlive the process. */
const actions = new Set<() => void>();
const children = new Set<ChildProcess>();
let controller: AbortController | undefined;
let isListening = false;

/** Runs an action if the process ends, by a signal or else, before the function returned is called. */
export function atEnd(action: () => void): () => void {
  actions.add(action);
  listen();
  return () => {
    actions.delete(action);
    listen();
  };
}

/**
 * Starts a child process, which is killed if it still runs when a signal comes, or when this process
 * ends. Signals are listened to before it starts: one that comes at once must not leave it.
 */
export function startChild<T extends ChildProcess>(start: () => T): T {
  const stopListening = atEnd(() => {});
  try {
    const child = start();
    children.add(child);
    child.once("close", () => {
      children.delete(child);
      listen();
    });
    return child;
  } finally {
    stopListening();
  }
}

/**
 * From now on, the first signal aborts this one instead of ending the process. A second one ends it
 * as it always does.
 */
export function interruption(): AbortSignal {
  controller ??= new AbortController();
  listen();
  return controller.signal;
}

/** Ends all that must not outlive the process. */
export function endAll(): void {
  killChildren();
  for (const action of actions) {
    try {
      action();
    } catch {
      // The process ends in any case.
    }
  }
  actions.clear();
}

function killChildren(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** Listens while there is something to do: without listeners, a signal ends the process at once. */
function listen(): void {
  const isWanted = actions.size > 0 || children.size > 0 || controller?.signal.aborted === false;
  if (isWanted === isListening) return;
  isListening = isWanted;
  const change = isWanted ? "on" : "removeListener";
  for (const signal of signals) process[change](signal, onSignal);
  process[change]("exit", endAll);
}

function onSignal(signal: NodeJS.Signals): void {
  if (controller?.signal.aborted === false) {
    controller.abort(new Error("interrupted"));
    // Whoever waits for one of them must not wait any longer.
    killChildren();
    listen();
    return;
  }
  endAll();
  for (const name of signals) process.removeListener(name, onSignal);
  // Nobody listens to it any more: now it ends the process.
  process.kill(process.pid, signal);
}
