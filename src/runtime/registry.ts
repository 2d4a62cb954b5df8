import { type EventPattern, isSelected, parsePattern } from "./pattern.js";
import { type EventDefinition, type Sink, TraceEvent } from "./trace-event.js";

const events: TraceEvent[] = [];
const patterns: EventPattern[] = [];
let sinks: readonly Sink[] = [];

/**
 * Makes the run-time side of an event. Generated code calls it once an event; patterns that were
 * set before hold for it too.
 */
export function defineEvent(definition: EventDefinition): TraceEvent {
  const event = new TraceEvent(definition, events.length);
  events.push(event);
  for (const sink of sinks) sink.define?.(event);
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
  patterns.push(...texts.map(parsePattern));
  events.forEach(update);
}

/** Turns every event off and forgets the patterns. */
export function disableAllEvents(): void {
  patterns.length = 0;
  events.forEach(update);
}

/** Has a sink take the records of enabled events; the function returned takes it out again. */
export function addSink(sink: Sink): () => void {
  const guarded = guard(sink);
  for (const event of events) guarded.define?.(event);
  setSinks([...sinks, guarded]);
  return () => {
    sink.flush?.();
    setSinks(sinks.filter((other) => other !== guarded));
  };
}

/** A sink that is cut off, and reported once, when it throws: tracing never ends a program. */
function guard(sink: Sink): Sink {
  const guarded: Sink = {
    write(event, values) {
      try {
        sink.write(event, values);
      } catch (error) {
        setSinks(sinks.filter((other) => other !== guarded));
        console.error(`qtrace: a trace sink failed and is cut off: ${String(error)}`);
      }
    },
    define: (event) => sink.define?.(event),
  };
  return guarded;
}

function setSinks(next: readonly Sink[]): void {
  sinks = next;
  events.forEach(update);
}

function update(event: TraceEvent): void {
  event.sinks = sinks;
  event.enabled = sinks.length > 0 && isSelected(patterns, event.name);
}
