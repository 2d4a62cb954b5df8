import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const MINUTE = 60_000;

/**
 * Makes so many recordings of the few in a folder: each has another process id in its source's
 * trace, so it is another recording, and a time and a host of its own; what does not differ is
 * linked. Times run over ten nights.
 */
export function multiply(few: string, many: string, count: number): void {
  const names = readdirSync(few).sort();
  for (let index = 0; index < count; index += 1) {
    const from = join(few, names[index % names.length]!);
    const to = join(many, `migration-${index}`);
    mkdirSync(to, { recursive: true });
    for (const file of readdirSync(from)) {
      if (file === "source.simpletrace")
        writeFileSync(join(to, file), withProcess(join(from, file), index));
      else if (file === "recording.json")
        writeFileSync(join(to, file), about(join(from, file), index));
      else link(join(from, file), join(to, file));
    }
  }
}

function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

function about(file: string, index: number): string {
  const told = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const night = Date.UTC(2026, 10, 1 + (index % 10));
  const time = new Date(night + Math.floor(index / 10) * MINUTE).toISOString();
  return JSON.stringify({ ...told, time, host: `host${1 + (Math.floor(index / 10) % 5)}` });
}

/** The first event's process id, 28 bytes into its record, behind the records that name events. */
function withProcess(file: string, index: number): Uint8Array {
  const bytes = new Uint8Array(readFileSync(file));
  const view = new DataView(bytes.buffer);
  let at = 24;
  while (view.getBigUint64(at, true) === 0n) at += 20 + view.getUint32(at + 16, true);
  view.setUint32(at + 28, 1_000_000 + index, true);
  return bytes;
}
