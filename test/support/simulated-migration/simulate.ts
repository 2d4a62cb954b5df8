import { Attempt, type Emitted } from "./attempt.js";
import { type Plan, planOf, type Side } from "./plan.js";

/** A simulated migration: what each side traced, and what really happened. */
export interface Simulation {
  readonly plan: Plan;
  /** All attempts, the last of which is the one that counts. */
  readonly attempts: readonly Attempt[];
  readonly last: Attempt;
  /** All that a side traced in its process or processes, in the order of its log. */
  readonly emitted: Readonly<Record<Side, readonly Emitted[]>>;
}

/** Simulates the migration that a seed describes. */
export function simulate(seed: number, wanted: Partial<Plan> = {}): Simulation {
  const plan = planOf(seed, wanted);
  const attempts: Attempt[] = [];
  const emitted: Record<Side, Emitted[]> = {
    source: [notify("source", 1000, 1, 9, "running")],
    destination: [],
  };
  let now = 50_000;
  for (const [index, own] of plan.attempts.entries()) {
    const attempt = new Attempt(plan, own, now + own.after, index);
    attempt.run();
    attempts.push(attempt);
    emitted.source.push(...attempt.emitted.source);
    emitted.destination.push(...attempt.emitted.destination);
    now = attempt.schedule.now;
  }
  const last = attempts.at(-1)!;
  if (last.moments.running) {
    emitted.destination.push(notify("destination", now + 2_000_000_000, 0, 11, "shutdown"));
  }
  return { plan, attempts, last, emitted };
}

function notify(side: Side, at: number, running: number, reason: number, text: string): Emitted {
  return { side, thread: "main", name: "vm_state_notify", values: [running, reason, text], at };
}

/** The bytes that left the source of an attempt. */
export function streamOf({ channel }: Attempt): Uint8Array {
  return channel.bytes().subarray(0, channel.flushed);
}
