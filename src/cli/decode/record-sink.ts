import type { RecordCursor } from "../../traces/record-cursor.js";

/** Where `decode` puts the records that are wanted. */
export interface RecordSink {
  /** Takes the record that a cursor stands at; the cursor moves on after. */
  readonly add: (cursor: RecordCursor) => void;
  /** True where so much waits that `write` is to be called before more is added. */
  readonly full: boolean;
  /** Hands over what waits, or as much of it as the format likes to have in one piece. */
  readonly write: () => Promise<void>;
  /** Called behind each block of the trace: a reader of the output may wait for what is in it. */
  readonly endBlock: () => Promise<void>;
  /** Hands over all the rest. */
  readonly end: () => Promise<void>;
}

/** Takes the next bytes or characters of an output. */
export type Put = (piece: string | Uint8Array) => Promise<void>;
