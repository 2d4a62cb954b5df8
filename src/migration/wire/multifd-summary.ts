import { isSync, type MultifdItem } from "./multifd-packet.js";

/** What went through a channel, with the names that `recordings/NAME/multifd.jsonl` has. */
export interface MultifdSummary {
  readonly channel: number;
  readonly packets: number;
  /** Pages in payloads. */
  readonly normal: number;
  /** Pages of zeros. */
  readonly zero: number;
  /** Bytes of payloads of pages. */
  readonly payload: number;
  /** Sync points. */
  readonly sync: number;
  /** Packets of device state. */
  readonly deviceState: number;
  /** Offset behind the last packet. */
  readonly end: number;
}

/** Counts a channel's items. */
export class MultifdCounter {
  #summary = {
    channel: -1,
    packets: 0,
    normal: 0,
    zero: 0,
    payload: 0,
    sync: 0,
    deviceState: 0,
    end: 0,
  };

  add(item: MultifdItem): void {
    const summary = this.#summary;
    summary.end = item.offset + item.size;
    if (item.type === "hello") {
      summary.channel = item.channel;
      return;
    }
    summary.packets += 1;
    if (isSync(item)) summary.sync += 1;
    if (item.type === "device-state") summary.deviceState += 1;
    else {
      summary.normal += item.normal.length;
      summary.zero += item.zero.length;
      summary.payload += item.payloadSize;
    }
  }

  get summary(): MultifdSummary {
    return { ...this.#summary };
  }
}
