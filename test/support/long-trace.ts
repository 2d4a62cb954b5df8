import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

/**
 * Writes a trace of so many records: those of a recorded one (simpletrace 4, little-endian) again and
 * again behind its mappings, at ever later times.
 */
export function makeLongTrace(recording: string, file: string, wanted: number): void {
  const bytes = readFileSync(recording);
  const starts: number[] = [];
  let mapped = 24;
  for (let at = 24; at < bytes.length; ) {
    if (bytes.readUInt32LE(at) === 0) {
      at += 20 + bytes.readUInt32LE(at + 16);
      if (starts.length === 0) mapped = at;
      continue;
    }
    starts.push(at);
    at += 8 + bytes.readUInt32LE(at + 24);
  }
  const out = openSync(file, "w");
  writeSync(out, bytes, 0, mapped);
  const span = bytes.readBigUInt64LE(starts.at(-1)! + 16) - bytes.readBigUInt64LE(starts[0]! + 16);
  for (let made = 0; made < wanted; made += starts.length) {
    const end = wanted - made < starts.length ? starts[wanted - made]! : bytes.length;
    writeSync(out, bytes, starts[0]!, end - starts[0]!);
    for (const start of starts) {
      const time = bytes.readBigUInt64LE(start + 16);
      bytes.writeBigUInt64LE(time + span + 1000n, start + 16);
    }
  }
  closeSync(out);
}
