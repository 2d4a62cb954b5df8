import { withoutControls } from "../without-controls.js";
import { type EventPattern, isSelected, parsePattern } from "./pattern.js";
import { type EventDefinition, type Sink, TraceEvent } from "./trace-event.js";

const events: TraceEvent[] = [];
/** Events of several groups may have one name. */
const byName = new Map<string, TraceEvent[]>();
let patterns: readonly EventPattern[] = [];
let sinks: readonly Sink[] = [];

/**
 * Makes the run-time side of an event. Generated code calls it once an event; patterns that were
 * set before hold for it too.
 */
export function defineEvent(definition: EventDefinition): TraceEvent {
  const event = new TraceEvent(definition, events.length, cutOff);
  events.push(event);
  byName.set(event.name, [...(byName.get(event.name) ?? []), event]);
  for (const sink of sinks) guarded(sink, () => sink.define?.(event));
  update(event);
  return event;
}

/** The events that this program's loaded modules define. */
export function definedEvents(): readonly TraceEvent[] {
  return events;
}

/**
 * Turns events on by patterns as `qemu -trace` takes them: `savevm_*`, or `-savevm_*` to turn off.
 * A later pattern overrides an earlier one; events defined later obey them too.
 */
export function enableEvents(...texts: string[]): void {
  for (const text of texts) patterns = withPattern(patterns, parsePattern(text));
  events.forEach(update);
}

/** Turns every event off and forgets the patterns. */
export function disableAllEvents(): void {
  patterns = [];
  events.forEach(update);
}

/**
 * True while an event of that name is on: a pattern turned it on and a sink takes it. Where the
 * generated module is at hand, `TRACE_NAME.enabled` tells the same at less cost.
 */
export function isEnabled(name: string): boolean {
  return byName.get(name)?.some((event) => event.enabled) ?? false;
}

/** Has a sink take the records of enabled events; the function returned flushes it and takes it out. */
export function addSink(sink: Sink): () => void {
  if (!sinks.includes(sink)) {
    setSinks([...sinks, sink]);
    guarded(sink, () => {
      for (const event of events) sink.define?.(event);
    });
  }
  return () => {
    guarded(sink, () => sink.flush?.());
    remove(sink);
  };
}

/**
 * Has every sink write out what it holds back. Call it when the program ends, in Node:
 * `process.on("exit", flushSinks)`.
 */
export function flushSinks(): void {
  for (const sink of sinks) guarded(sink, () => sink.flush?.());
}

/** Has what is traced while something runs go to another sink, in place of those that were added. */
export function divertEvents<T>(sink: Sink, run: () => T): T {
  if (sinks.length === 0) return run();
  for (const event of events) event.sinks = [sink];
  try {
    return run();
  } finally {
    for (const event of events) event.sinks = sinks;
  }
}

/** A pattern put behind others; those that it overrides wholly are left out. */
function withPattern(before: readonly EventPattern[], pattern: EventPattern): EventPattern[] {
  if (pattern.glob === "*") return [pattern];
  return [...before.filter(({ glob }) => glob !== pattern.glob), pattern];
}

function guarded(sink: Sink, action: () => void): void {
  try {
    action();
  } catch (error) {
    cutOff(sink, error);
  }
}

/** A sink that throws is cut off, and reported once: tracing never ends a program. */
function cutOff(sink: Sink, error: unknown): void {
  if (!sinks.includes(sink)) return;
  remove(sink);
  console.error(`qtrace: a trace sink failed and is cut off: ${textOf(error)}`);
}

/** Anything may be thrown, also what cannot be made a text. */
function textOf(error: unknown): string {
  try {
    return withoutControls(String(error));
  } catch {
    return "it threw something unprintable";
  }
}

function remove(sink: Sink): void {
  setSinks(sinks.filter((other) => other !== sink));
}

function setSinks(next: readonly Sink[]): void {
  sinks = next;
  events.forEach(update);
}

function update(event: TraceEvent): void {
  event.sinks = sinks;
  event.enabled = sinks.length > 0 && isSelected(patterns, event.name);
}
