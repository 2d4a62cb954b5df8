import type { EventRecord } from "../traces/record.js";
import { numberArgument, textArgument } from "./mark.js";

/** A page that the guest wanted at the destination while it was still at the source. */
export interface PageRequest {
  /** The RAM block's name, and the page's offset in it. */
  readonly block: string;
  readonly offset: number;
  /** The thread that waited for it; 0 where the kernel does not tell. */
  readonly thread: number;
  /** The fault was seen at the destination (`postcopy_ram_fault_thread_request`). */
  readonly faulted: bigint | undefined;
  /** The request was read at the source (`migrate_handle_rp_req_pages`). */
  readonly received: bigint | undefined;
  /** The source took the page up to send it, or found that it had been sent. */
  readonly served: bigint | undefined;
  /** The page was in its place at the destination. */
  readonly arrived: bigint | undefined;
  /**
   * `requested`: asked of the source; `joined`: another thread had asked for that page before;
   * `present`: it had come by the time that the fault was seen.
   */
  readonly kind: "requested" | "joined" | "present";
  /** The page was on its way before the request was taken up: nothing was sent for it. */
  readonly sentBefore: boolean;
  /**
   * What took it up: the thread that sends all pages, by its queue of urgent ones, or with
   * postcopy-preempt the return path's own, on another channel.
   */
  readonly via: "queue" | "preempt" | undefined;
}

type OpenRequest = { -readonly [K in keyof PageRequest]: PageRequest[K] };

/**
 * The requests for pages during postcopy, in the order of both traces, times each of its own side's
 * clock. Both sides are joined by block and offset: what one of them does not tell is left out.
 */
export function pageRequests(
  source: readonly EventRecord[],
  destination: readonly EventRecord[],
): PageRequest[] {
  const faults = faultsOf(destination);
  const asked = requestsReceived(source);
  const waiting = new Map<string, OpenRequest[]>();
  for (const fault of faults) {
    // QEMU asks again for a page that another thread waits for.
    if (fault.kind !== "present") addTo(waiting, fault);
  }
  for (const [key, requests] of asked) {
    const own = waiting.get(key);
    // Where an event is lost, it is not known which fault a request is of.
    if (own?.length !== requests.length) continue;
    for (const [index, { received, served, sentBefore, via }] of requests.entries()) {
      Object.assign(own[index]!, { received, served, sentBefore, via });
    }
    asked.delete(key);
  }
  return [...faults, ...[...asked.values()].flat()];
}

function keyOf({ block, offset }: Pick<PageRequest, "block" | "offset">): string {
  return `${block} ${offset}`;
}

function addTo(requests: Map<string, OpenRequest[]>, request: OpenRequest): void {
  const key = keyOf(request);
  requests.set(key, [...(requests.get(key) ?? []), request]);
}

const PAGE = 4096;

/** What the destination tells: faults, and when their pages came. */
function faultsOf(records: readonly EventRecord[]): OpenRequest[] {
  const tellsRequests = records.some((record) => record.name === "postcopy_page_req_add");
  const faults: OpenRequest[] = [];
  const waiting = new Map<number, OpenRequest[]>();
  let last: { fault: OpenRequest; address: number } | undefined;
  const settle = () => {
    // No request followed the fault: the page was there already (QEMU migration/migration.c).
    if (tellsRequests && last?.fault.kind === "requested") {
      last.fault.kind = "present";
      waiting.delete(last.address);
    }
    last = undefined;
  };
  const arrive = (address: number, at: bigint) => {
    for (const fault of waiting.get(address) ?? []) fault.arrived = at;
    waiting.delete(address);
  };
  for (const record of records) {
    switch (record.name) {
      case "postcopy_ram_fault_thread_request": {
        settle();
        const fault = begun(record);
        const address = pageOf(numberArgument(record, "hostaddr"));
        const others = waiting.get(address);
        if (others) fault.kind = "joined";
        waiting.set(address, [...(others ?? []), fault]);
        faults.push(fault);
        last = { fault, address };
        break;
      }
      case "postcopy_page_req_add": {
        const address = pageOf(numberArgument(record, "addr"));
        if (last && last.address !== address) {
          // A page of a block with huge ones: it is told by its own begin from here on.
          waiting.set(address, waiting.get(last.address) ?? []);
          waiting.delete(last.address);
        }
        last = undefined;
        break;
      }
      case "postcopy_page_req_del":
        arrive(pageOf(numberArgument(record, "addr")), record.timestamp);
        break;
      case "postcopy_place_page":
      case "postcopy_place_page_zero":
        arrive(pageOf(numberArgument(record, "host_addr")), record.timestamp);
        break;
    }
  }
  settle();
  return faults;
}

function pageOf(address = 0): number {
  return address - (address % PAGE);
}

function begun(record: EventRecord): OpenRequest {
  return {
    block: textArgument(record, "ramblock") ?? "",
    offset: numberArgument(record, "offset") ?? 0,
    thread: numberArgument(record, "pid") ?? 0,
    faulted: record.timestamp,
    ...unanswered,
  };
}

const unanswered = {
  received: undefined,
  served: undefined,
  arrived: undefined,
  kind: "requested" as const,
  sentBefore: false,
  via: undefined,
};

/** What the source tells: requests as they came in, and when it took them up; by block and offset. */
function requestsReceived(records: readonly EventRecord[]): Map<string, OpenRequest[]> {
  const requests = new Map<string, OpenRequest[]>();
  let block = "";
  let urgent: OpenRequest | undefined;
  const served = (record: EventRecord, sentBefore: boolean) => {
    const offset = numberArgument(record, "tmp_offset") ?? 0;
    const key = keyOf({ block: textArgument(record, "block_name") ?? "", offset });
    const request = requests.get(key)?.find((open) => open.served === undefined);
    if (request) Object.assign(request, { served: record.timestamp, sentBefore, via: "queue" });
  };
  for (const record of records) {
    switch (record.name) {
      case "migrate_handle_rp_req_pages": {
        // A request without a name is for the block of the one before.
        const name = textArgument(record, "rbname");
        if (name && name !== "(null)") block = name;
        const offset = numberArgument(record, "start") ?? 0;
        const asked: OpenRequest = {
          ...{ block, offset, thread: 0, faulted: undefined, ...unanswered },
          received: record.timestamp,
        };
        addTo(requests, asked);
        urgent = asked;
        break;
      }
      case "get_queued_page":
        served(record, false);
        break;
      case "get_queued_page_not_dirty":
        served(record, true);
        break;
      case "postcopy_preempt_send_host_page":
        // With postcopy-preempt the thread that read the request sends the page itself.
        if (urgent) Object.assign(urgent, { served: record.timestamp, via: "preempt" });
        urgent = undefined;
        break;
    }
  }
  return requests;
}
