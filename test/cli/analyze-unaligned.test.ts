/** Streams and traces that differ in thousands of places: no answer is made up, and none takes minutes. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { StreamWriter } from "../../src/migration/wire/stream-writer.js";
import { runCli } from "../support/cli.js";

const folder = mkdtempSync(join(tmpdir(), "qtrace-unaligned-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MACHINE = new TextEncoder().encode("none");
const PINGS = 16_000;

/** A recording of a stream with PINGs 0, 1, 2… and of a destination that loaded these. */
function recording(name: string, loaded: readonly number[]): string {
  const stream = new StreamWriter().header().u8(7).u32(MACHINE.length).bytes(MACHINE);
  for (let value = 0; value < PINGS; value++) stream.u8(8).u16(2).u16(4).u32(value);
  const log = loaded.flatMap((value, index) => {
    const time = new Date(1_000_000_000_000 + index).toISOString().replace("Z", "123Z");
    return [
      `${time} qemu_loadvm_state_section 8`,
      `${time} loadvm_process_command com=PING len=4`,
      `${time} loadvm_process_command_ping 0x${value.toString(16)}`,
    ];
  });
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, "channel0.bin"), stream.eof().take());
  writeFileSync(join(place, "destination.log"), `${log.join("\n")}\n`);
  return place;
}

async function analyzed(place: string) {
  const { code, out } = await runCli(["analyze", place, "--format", "json"]);
  const { items, problems } = JSON.parse(out) as {
    readonly items: readonly { label: string; destination: { status: string } }[];
    readonly problems: readonly string[];
  };
  const matched = items.filter(({ destination }) => destination.status === "paired");
  const missing = items.filter(({ destination }) => destination.status === "missing");
  const labels = matched.map(({ label }) => label);
  return { code, matched: labels, missing: missing.length, problems };
}

test("one event finds its PING among thousands", async () => {
  const { matched, missing, problems } = await analyzed(recording("one", [PINGS - 1]));
  // The EOF is also missing.
  expect({ matched, missing }).toEqual({ matched: ["PING 0x3e7f"], missing: PINGS });
  expect(problems).toEqual([]);
});

test("what takes too long to align is reported and unmatched", async () => {
  const reversed = Array.from({ length: PINGS }, (_, index) => PINGS - 1 - index);
  const { code, matched, missing, problems } = await analyzed(recording("reversed", reversed));
  expect({ code, matched, missing }).toEqual({ code: 1, matched: [], missing: PINGS + 1 });
  expect(problems).toEqual([
    "the destination's trace and the stream differ in too many places to be aligned, so which " +
      "event belongs to which item is unknown: are they of one migration?",
  ]);
});
