import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fixture } from "../../support/recordings.js";
import { Recovering, wayOfPostcopy } from "./recovering.js";
import { tracedLines } from "./traced-lines.js";
import type { End } from "./traced-names.js";

/**
 * Sockets; how often an error is told, by each thread that comes upon it; what is asked of the dirty
 * memory; and the page that a guest waits for, if it does.
 */
const SET_ASIDE =
  /^(migration_socket_|migration_set_|migrate_error|savevm_state_iterate|migrate_pending_|vmstate_load|migrate_send_rp_message [34]|postcopy_page_req_sync|migrate_handle_rp_req|ram_save_queue|postcopy_preempt_send)/;

/** What a thread does that goes its own way meanwhile: the return path's, or those of destinations. */
const THREADS: Readonly<Record<End, readonly RegExp[]>> = {
  source: [/^(source_return_path_|ram_dirty_bitmap_reload_|migrate_set_state .* postcopy-active)/],
  destination: [/^postcopy_pause_fault_/, /^postcopy_pause_fast_/],
};

/** An event's name, and of its values what does not depend on the guest. */
function kindOf(line: string): string {
  const [name] = line.split(" ", 1);
  if (/^(migrate_set_state|qemu_loadvm_state_section(_command)?) /.test(line)) return line;
  return /^migrate_send_rp_message \d/.exec(line)?.[0] ?? name!;
}

/** The lines of each thread, those of one block for all of them. */
function ordered(lines: readonly string[], end: End): string[][] {
  const own = lines.filter((line) => !SET_ASIDE.test(line));
  const threads = THREADS[end];
  const isOther = (line: string) => threads.some((thread) => thread.test(line));
  const parts = [own.filter((line) => !isOther(line))];
  for (const thread of threads) parts.push(own.filter((line) => thread.test(line)));
  const order = parts.map((part) => onePerBlock(part.map(kindOf)));
  // Whether it waits again when the section begins is up to the thread.
  const returnPath = order.at(-1)!;
  if (returnPath.at(-1) === "source_return_path_thread_loop_top") returnPath.pop();
  return order;
}

/** Runs of the same lines as one of them. */
function onePerBlock(lines: readonly string[]): string[] {
  let text = lines.map((line) => `${line}\n`).join("");
  text = text.replace(/((?:[^\n]+\n){2,6}?)\1+/g, "$1");
  return text.split("\n").slice(0, -1);
}

const real = (name: string, end: End): string[] =>
  readFileSync(fixture("postcopy-recovery", `${name}-${end}.log`), "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** From the loss of the connection to the first section behind it. */
function recovery(lines: readonly string[], end: End): string[] {
  const at = (pattern: RegExp, from = 0) =>
    from + lines.slice(from).findIndex((line) => pattern.test(line));
  if (end === "destination") {
    const begin = at(/^postcopy_pause_incoming/);
    // The channel for urgent pages is told from others here when it speaks, not when it opens.
    const own = lines.slice(begin, at(/^ram_load_start/, begin) + 1);
    return own.filter((line) => !line.startsWith("postcopy_preempt_new_channel"));
  }
  const begin = at(/^(migration_return_path_end_before|source_return_path_thread_bad_end)/);
  const section = at(/^savevm_section_start/, at(/^postcopy_pause_continued/));
  return lines.slice(begin, section + 1);
}

/** What both ends trace of the second recovery, as the channel for urgent pages is used by then. */
async function own(preempt: boolean): Promise<Readonly<Record<End, readonly string[]>>> {
  const { run } = await wayOfPostcopy();
  const both = new Recovering({ preempt });
  const closeAt = (at: number) => ({ way: "to destination", at, kind: "close" }) as const;
  const lines = await tracedLines((as) =>
    as("source", async () => {
      await both.begin(closeAt(run + 20_000), as).catch(() => {});
      await both.untilPaused();
      await both.resume(closeAt(40_000)).catch(() => {});
      await both.untilPaused();
      await both.resume();
      await both.loaded;
    }),
  );
  const behind = (end: End, event: string) => lines[end].slice(lines[end].indexOf(event));
  return {
    source: behind("source", "postcopy_pause_continued ").slice(1),
    destination: behind("destination", "postcopy_pause_incoming_continued ").slice(1),
  };
}

describe.each([
  ["plain", false],
  ["preempt", true],
])("the order of events of a recovery, %s", async (name, preempt) => {
  const lines = await own(preempt);

  test.each(["source", "destination"] as const)("at the %s is QEMU's", (end) => {
    const order = ordered(recovery(lines[end], end), end);
    expect(order).toEqual(ordered(recovery(real(name, end), end), end));
    expect(order[0]!.length).toBeGreaterThan(15);
  });

  test("the page that the guest waits for is asked for again, its block named", () => {
    const again = lines.destination.findIndex((line) => line.startsWith("postcopy_page_req_sync"));
    expect(lines.destination[again - 1]).toMatch(/^migrate_send_rp_message 3: len \d+$/);
    expect(lines.destination[again - 2]).toBe("migrate_send_rp_message 6: len 4");
  });
});
