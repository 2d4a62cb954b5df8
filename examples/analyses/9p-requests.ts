/**
 * How long the requests of a guest's 9p file system take, by their kind:
 *
 *     tsx 9p-requests.ts TRACE TRACE-EVENTS-ALL
 *
 * The trace is one of `-trace 'v9fs_*'`, in any format. A request and its answer have the same tag.
 * QEMU traces no answer to some kinds, such as clunk: they end unseen, unless they fail.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { buildModel, parse } from "qtrace";
import { EventTable, openTrace, type TraceInput } from "qtrace/traces";

/** The requests of one kind; times in microseconds. */
export interface RequestKind {
  readonly kind: string;
  requests: number;
  answered: number;
  failed: number;
  /** Over those that were answered or failed. */
  total: number;
  longest: number;
}

/** The kinds of requests, those that took longest in all first. */
export async function requestKinds(trace: TraceInput, events: EventTable): Promise<RequestKind[]> {
  const kinds = new Map<string, RequestKind>();
  const open = new Map<number, { readonly kind: RequestKind; readonly since: number }>();
  const kindOf = (kind: string): RequestKind => {
    const known = kinds.get(kind);
    if (known) return known;
    const made = { kind, requests: 0, answered: 0, failed: 0, total: 0, longest: 0 };
    kinds.set(kind, made);
    return made;
  };
  const finish = (tag: number, how: "answered" | "failed", now: number) => {
    const request = open.get(tag);
    if (!request) return;
    open.delete(tag);
    const { kind, since } = request;
    kind[how]++;
    kind.total += now - since;
    kind.longest = Math.max(kind.longest, now - since);
  };

  // All of them begin with the tag, so that one callback does for some fifty events.
  await openTrace(trace, events).each((cursor) => {
    const [, name, answer] = /^v9fs_(\w+?)(_return)?$/.exec(cursor.name) ?? [];
    if (cursor.type !== "event" || !name || name === "rcancel") return;
    const tag = Number(cursor.value(0));
    if (name === "rerror") finish(tag, "failed", cursor.microseconds);
    else if (answer) finish(tag, "answered", cursor.microseconds);
    else {
      const kind = kindOf(name);
      kind.requests++;
      open.set(tag, { kind, since: cursor.microseconds });
    }
  });
  return [...kinds.values()].sort((a, b) => b.total - a.total || b.requests - a.requests);
}

async function main([trace, declarations]: readonly string[]): Promise<void> {
  if (!trace || !declarations) throw new Error("usage: 9p-requests TRACE TRACE-EVENTS-ALL");
  const events = new EventTable(
    buildModel(parse(readFileSync(declarations, "utf8")), { group: "all" }),
  );
  console.log("kind         requests  answered  failed  unseen     mean us  longest us");
  for (const { kind, requests, answered, failed, total, longest } of await requestKinds(
    trace,
    events,
  )) {
    const ended = answered + failed;
    const counts = [requests, answered, failed, requests - ended].map((count) => `${count}`);
    const times = [ended > 0 ? (total / ended).toFixed(1) : "", longest.toFixed(1)];
    const widths = [9, 10, 8, 8, 12, 12];
    console.log(
      kind.padEnd(12) +
        [...counts, ...times].map((cell, at) => cell.padStart(widths[at]!)).join(""),
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  await main(process.argv.slice(2));
