import type { EventModel } from "../../model/event-model.js";
import type { PrintfValue } from "../../printf/piece.js";
import { encodePayload } from "../encode-payload.js";
import type { EventRecord } from "../record.js";

/** An event that a log's line tells. */
export class LogRecord implements EventRecord {
  readonly type = "event";
  readonly byteOrder = "little";
  readonly event: EventModel;
  readonly timestamp: bigint;
  readonly pid: number;
  readonly offset: number;
  readonly values: readonly PrintfValue[];
  readonly text: string;
  readonly uncertain?: readonly string[];

  constructor(
    event: EventModel,
    head: { readonly timestamp: bigint; readonly pid: number; readonly offset: number },
    values: readonly PrintfValue[],
    text: string,
    uncertain: readonly string[] | undefined,
  ) {
    this.event = event;
    this.timestamp = head.timestamp;
    this.pid = head.pid;
    this.offset = head.offset;
    this.values = values;
    this.text = text;
    if (uncertain) this.uncertain = uncertain;
  }

  get name(): string {
    return this.event.name;
  }

  /** What simpletrace would have; 0 for what the line does not tell. */
  get payload(): Uint8Array {
    return encodePayload(this.event, this.values);
  }
}
