import type { EventTable } from "../../src/model/event-table.js";
import type { EventRecord } from "../../src/traces/record.js";

/** A record in a line: nanoseconds, the event's name, its arguments. */
export type MadeRecord = readonly [at: number, name: string, ...values: (string | number)[]];

/** Makes records of declared events; numbers are made what the declared types want. */
export function recordMaker(events: EventTable): (...made: MadeRecord[]) => EventRecord[] {
  return (...made) =>
    made.map(([at, name, ...values]) => {
      const event = events.get(name);
      if (!event) throw new Error(`${name} is not declared`);
      return {
        ...{ type: "event", name, event, timestamp: BigInt(at), pid: 0, offset: 0 },
        payload: new Uint8Array(),
        values: values.map((value, index) => {
          const { type } = event.arguments[index]!;
          const wide = type.kind === "pointer" || (type.kind === "integer" && type.bits === 64);
          return wide && typeof value === "number" ? BigInt(value) : value;
        }),
      };
    });
}
