import { existsSync, readFileSync } from "node:fs";
import { findVmDescription } from "../../../src/migration/wire/find-vm-description.js";
import type { ItemJson } from "../../../src/migration/wire/item-json.js";
import { bytesAsRandomAccess } from "../../../src/migration/wire/random-access.js";
import type { VmDescription } from "../../../src/migration/wire/vm-description.js";
import { sharedPath } from "../../support/tools.js";

export interface Recording {
  readonly bytes: Uint8Array;
  readonly description: VmDescription | undefined;
  /** What an independent walk found. */
  readonly items: readonly ItemJson[];
}

/** The main channel of a recording, with the truth about it. */
export async function readRecording(name: string): Promise<Recording> {
  const file = sharedPath("recordings", name, "stream.bin");
  const path = existsSync(file) ? file : sharedPath("recordings", name, "channel0.bin");
  const bytes = new Uint8Array(readFileSync(path));
  const description = await findVmDescription(bytesAsRandomAccess(bytes));
  return { bytes, description, items: readItems(name) };
}

function readItems(name: string): ItemJson[] {
  const lines = readFileSync(sharedPath("recordings", name, "items.jsonl"), "utf8").split("\n");
  return lines
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .filter((item) => "offset" in item);
}
