import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analyze.js";
import { pageRequests } from "../../src/analysis/page-requests.js";
import { EventTable } from "../../src/model/event-table.js";
import { recordMaker } from "../support/made-records.js";
import { eventTable, fixture, ownEvents, readLog } from "../support/recordings.js";

const postcopyEvents = eventTable(fixture("postcopy-faults", "trace-events"));
const events = new EventTable([...ownEvents.events, ...postcopyEvents.events]);
const recordsOf = recordMaker(events);

const fault = (at: number, offset: number, thread = 7) =>
  [at, "postcopy_ram_fault_thread_request", 0x10000 + offset, "pc.ram", offset, thread] as const;
const add = (at: number, offset: number) =>
  [at, "postcopy_page_req_add", 0x10000 + offset, 1] as const;
const del = (at: number, offset: number) =>
  [at, "postcopy_page_req_del", 0x10000 + offset, 0] as const;
const asked = (at: number, offset: number, block = "pc.ram") =>
  [at, "migrate_handle_rp_req_pages", block, offset, 4096] as const;
const queued = (at: number, offset: number) =>
  [at, "get_queued_page", "pc.ram", offset, offset / 4096] as const;

describe("a request for a page", () => {
  test("is followed from the fault to the source and back", () => {
    const destination = recordsOf(fault(10, 0), add(11, 0), del(50, 0));
    const source = recordsOf(asked(20, 0), queued(30, 0));
    expect(pageRequests(source, destination)).toMatchObject([
      {
        ...{ block: "pc.ram", offset: 0, thread: 7, kind: "requested", via: "queue" },
        ...{ faulted: 10n, received: 20n, served: 30n, arrived: 50n, sentBefore: false },
      },
    ]);
  });

  test("without a block's name is for the block of the one before", () => {
    const destination = recordsOf(fault(1, 0), add(2, 0), fault(3, 8192), add(4, 8192));
    const source = recordsOf(asked(10, 0), asked(11, 8192, ""));
    expect(pageRequests(source, destination).map(({ received }) => received)).toEqual([10n, 11n]);
  });

  test("for a page that was on its way is told to be so", () => {
    const source = recordsOf(asked(20, 0), [30, "get_queued_page_not_dirty", "pc.ram", 0, 0]);
    const [request] = pageRequests(source, recordsOf(fault(10, 0), add(11, 0), del(40, 0)));
    expect(request).toMatchObject({ sentBefore: true, served: 30n });
  });

  test("is none where the page was there by the time that the fault was seen", () => {
    const requests = pageRequests([], recordsOf(fault(1, 0), fault(2, 4096), add(3, 4096)));
    expect(requests.map(({ kind }) => kind)).toEqual(["present", "requested"]);
  });

  test("of a second thread for the same page is answered by the same arrival", () => {
    const destination = recordsOf(fault(1, 0, 7), add(2, 0), fault(3, 0, 8), del(9, 0));
    expect(pageRequests([], destination)).toMatchObject([
      { thread: 7, kind: "requested", arrived: 9n },
      { thread: 8, kind: "joined", arrived: 9n },
    ]);
  });

  test("is answered by the placing of the page where requests are not traced", () => {
    const placed = [9, "postcopy_place_page", 0x10000] as const;
    const [request] = pageRequests([], recordsOf(fault(1, 0), placed));
    expect(request).toMatchObject({ kind: "requested", arrived: 9n });
  });

  test("that the destination does not tell is told by the source alone", () => {
    const [request] = pageRequests(recordsOf(asked(20, 0), queued(30, 0)), []);
    expect(request).toMatchObject({ faulted: undefined, received: 20n, served: 30n });
  });

  test("of a page that was asked for twice is paired with none where an event is lost", () => {
    const source = recordsOf(asked(20, 0), asked(21, 0));
    const twice = recordsOf(fault(1, 0, 7), add(2, 0), fault(3, 0, 8), del(50, 0));
    const received = (requests: ReturnType<typeof pageRequests>) =>
      requests.map((request) => [request.thread, request.received]);
    expect(received(pageRequests(source, twice))).toEqual([
      [7, 20n],
      [8, 21n],
    ]);
    const once = recordsOf(fault(3, 0, 8), add(4, 0), del(50, 0));
    expect(received(pageRequests(source, once))).toEqual([
      [8, undefined],
      [0, 20n],
      [0, 21n],
    ]);
  });

  test("whose event is lost costs its own pair", () => {
    const destination = recordsOf(
      fault(1, 0),
      add(2, 0),
      fault(3, 4096),
      add(4, 4096),
      del(9, 4096),
    );
    const requests = pageRequests(recordsOf(asked(6, 4096)), destination);
    expect(requests.map(({ received }) => received)).toEqual([undefined, 6n]);
  });
});

describe("a real postcopy with faults", () => {
  const source = readLog(fixture("postcopy-faults", "source.log"), events);
  const destination = readLog(fixture("postcopy-faults", "destination.log"), events);
  const told = JSON.parse(readFileSync(fixture("postcopy-faults", "query-migrate.json"), "utf8"));
  const { postcopy, clocks, rounds } = analyze({ source, destination });
  const requested = postcopy!.requests.filter(({ kind }) => kind === "requested");

  test("has as many requests as query-migrate tells", () => {
    expect(requested).toHaveLength(told.source.ram["postcopy-requests"]);
  });

  test("every request is found at the source, and its page came; one came before it was taken up", () => {
    expect(requested.filter(({ served }) => served === undefined)).toHaveLength(1);
    for (const request of requested) {
      expect(request.received).toBeDefined();
      expect(request.arrived).toBeDefined();
    }
  });

  test("a request goes from the fault to the source and back, by one clock", () => {
    expect(clocks).toMatchObject({ verdict: "one", offset: 0n });
    for (const { faulted, received, served, arrived, sentBefore } of requested) {
      expect(faulted! <= received!).toBe(true);
      if (served === undefined) continue;
      expect(received! <= served && (sentBefore || served <= arrived!)).toBe(true);
    }
  });

  test("requests bound the clocks to some tens of microseconds", () => {
    expect(clocks!.upper! - clocks!.lower! < 200_000n).toBe(true);
  });

  test("the guest waited as long as QEMU says, which rounds each wait down to a millisecond", () => {
    const qemu = told.destination["postcopy-blocktime"];
    const own = Number(postcopy!.blocked) / 1e6;
    expect(own).toBeGreaterThanOrEqual(qemu - 1);
    expect(own).toBeLessThan(qemu + requested.length);
  });

  test("what is sent behind the guest's run is no round", () => {
    expect(rounds.map(({ number }) => number)).toEqual([1]);
    expect(postcopy!.sections).toBeGreaterThan(1);
  });
});
