import { trace_runstate_set, trace_vm_state_notify } from "../../../generated/root.js";

/** States of a machine by QEMU's names; the index is the number traced (QEMU qapi/run-state.json). */
const RUN_STATES = [
  "debug",
  "inmigrate",
  "internal-error",
  "io-error",
  "paused",
  "postmigrate",
  "prelaunch",
  "finish-migrate",
  "restore-vm",
  "running",
  "save-vm",
  "shutdown",
  "suspended",
  "watchdog",
  "guest-panicked",
  "colo",
] as const;

/** A state of a machine. */
export type RunState = (typeof RUN_STATES)[number];

/** Whether a text names a state. */
export function isRunState(text: string): text is RunState {
  return (RUN_STATES as readonly string[]).includes(text);
}

/** Traces that a machine goes from one state to another. */
export function traceRunState(from: RunState, to: RunState): void {
  trace_runstate_set(RUN_STATES.indexOf(from), from, RUN_STATES.indexOf(to), to);
}

/** Traces that a machine runs from now on, or no longer does. */
export function traceVmState(running: boolean, state: RunState): void {
  trace_vm_state_notify(running ? 1 : 0, RUN_STATES.indexOf(state), state);
}
