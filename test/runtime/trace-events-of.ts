import { parse } from "../../grammar/parse.js";
import { argumentKind } from "../../src/codegen/argument-type.js";
import { buildModel } from "../../src/model/build-model.js";
import type { EventModel } from "../../src/model/event-model.js";
import { type ArgumentKind, TraceEvent } from "../../src/runtime/trace-event.js";

/** The run-time side of events, as generated code defines it; their ids are their places. */
export function traceEventsOf(models: readonly EventModel[]): TraceEvent[] {
  return models.map(
    (model, id) =>
      new TraceEvent(
        {
          group: model.group,
          name: model.name,
          arguments: model.arguments.map(
            (argument) => [argument.name, argumentKind(argument) as ArgumentKind] as const,
          ),
          format: model.format?.pieces ?? [],
        },
        id,
        (_sink, error) => {
          throw error;
        },
      ),
  );
}

/** The events that a text declares, as the model has them. Throws where there is a mistake. */
export function modelsOf(text: string, group = "test"): EventModel[] {
  const parsed = parse(text, "trace-events");
  if (parsed.problems.length > 0) throw new Error(`bad test: ${JSON.stringify(parsed.problems)}`);
  return buildModel(parsed, { group });
}
