import { closeSync, writeFileSync } from "node:fs";
import path from "node:path";
import { MigrationDestination } from "../../migration/engine/migration-destination.js";
import type {
  MigrationDestinationOptions,
  MigrationResult,
  MigrationSourceOptions,
} from "../../migration/engine/migration-options.js";
import { MigrationSource } from "../../migration/engine/migration-source.js";
import { unreadable } from "../files.js";
import { createGuestFile } from "../outputs/guest-file.js";
import { ABOUT_FILE, RESULT_FILE } from "../recording-layout.js";
import { openRecordedChannel, type RecordedChannel } from "./recorded-channel.js";
import { openSideTraces } from "./side-trace.js";

/** A migration that is to be run within this process. */
export interface PlannedMigration {
  readonly source: MigrationSourceOptions;
  readonly destination: MigrationDestinationOptions;
  /** What `recording.json` says of it. */
  readonly about: object;
  /** Told of the connection before it is used, such as to break it in the middle. */
  readonly connected?: (channel: RecordedChannel) => void;
}

/**
 * Runs both ends and leaves the recording in a folder that is there, laid out as recordings are.
 * Rejects with what failed the source, the recording being there all the same, or with `Failure`
 * where the disk did not take all.
 */
export async function recordMigration(
  folder: string,
  { source, destination, about, connected }: PlannedMigration,
): Promise<MigrationResult> {
  writeJson(path.join(folder, ABOUT_FILE), about);
  const traces = openSideTraces(folder);
  const channel = openRecordedChannel(folder);
  connected?.(channel);
  try {
    const [sent] = await Promise.allSettled([
      traces.as("source", () => new MigrationSource(source).migrate(channel.source)),
      traces.as("destination", () =>
        new MigrationDestination(destination).load(channel.destination),
      ),
    ]);
    await channel.recorded;
    if (sent.status === "rejected") throw sent.reason;
    writeJson(path.join(folder, RESULT_FILE), sent.value);
    return sent.value;
  } finally {
    traces.close();
  }
}

function writeJson(file: string, value: unknown): void {
  try {
    const handle = createGuestFile(file);
    try {
      writeFileSync(handle, `${JSON.stringify(value, null, 1)}\n`);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}
