import type { Emitted } from "./attempt.js";
import { declarationsOf, textOf } from "./events.js";
import type { Plan, Side } from "./plan.js";

/** How finely a log tells times; `none` as QEMU writes it without `-msg timestamp=on`. */
export type Resolution = "microseconds" | "milliseconds" | "none";

/** The time that a side's clock shows: nanoseconds. */
export function clockAt({ clock }: Plan, side: Side, at: number): bigint {
  const { epoch, offset, drift } = clock;
  if (side === "source") return epoch + BigInt(at);
  return epoch + BigInt(offset) + BigInt(at) + BigInt(Math.floor((at * drift) / 1e6));
}

/** The time that a log shows. */
export function stampOf(
  plan: Plan,
  { side, at }: Emitted,
  resolution: Resolution = "microseconds",
): bigint {
  const time = clockAt(plan, side, at);
  const unit = resolution === "milliseconds" ? 1_000_000n : 1000n;
  return time - (time % unit);
}

/** Thread ids, as QEMU up to 10.1 writes them. */
const THREADS = ["main", "migration", "return path", "listen", "fault"];

/** A log of a side, in the form of the plan's version of QEMU. */
export function writeLog(
  plan: Plan,
  emitted: readonly Emitted[],
  resolution: Resolution = "microseconds",
): string {
  const declarations = declarationsOf(plan.version);
  const lines = emitted.map((event) => {
    if (event.name === "") return String(event.values[0]);
    const line = `${event.name} ${textOf(declarations.get(event.name)!, event.values)}`;
    if (resolution === "none") return line;
    const time = stampOf(plan, event, resolution);
    if (plan.version !== "10.0") return `${iso(time)} ${line}`;
    const base = event.side === "source" ? 4200 : 5100;
    const seconds = `${time / 1_000_000_000n}.${microseconds(time)}`;
    return `${base + THREADS.indexOf(event.thread)}@${seconds}:${line}`;
  });
  return lines.map((line) => `${line}\n`).join("");
}

function microseconds(time: bigint): string {
  return String((time % 1_000_000_000n) / 1000n).padStart(6, "0");
}

function iso(time: bigint): string {
  const second = new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19);
  return `${second}.${microseconds(time)}Z`;
}

/** A simpletrace of version 2, 3 or 4 of a side: nanoseconds, one process id, no lines but events. */
export function writeSimpletrace(
  plan: Plan,
  emitted: readonly Emitted[],
  version: 2 | 3 | 4 = 4,
): Uint8Array {
  const declarations = [...declarationsOf(plan.version).values()];
  const ids = new Map(declarations.map(({ name }, index) => [name, index]));
  const parts: Buffer[] = [
    u64(0xffffffffffffffffn),
    u64(0xf2b177cb0aa429b4n),
    u64(BigInt(version)),
  ];
  if (version === 4) {
    for (const [name, id] of ids)
      parts.push(u64(0n), u64(BigInt(id)), u32(name.length), Buffer.from(name));
  }
  for (const event of emitted) {
    const id = ids.get(event.name);
    if (id === undefined) continue;
    const { strings } = declarations[id]!;
    const values = event.values.map((value, index) => {
      if (!strings[index]) return u64(BigInt.asUintN(64, BigInt(value)));
      const bytes = Buffer.from(value === "(null)" ? "" : String(value));
      return Buffer.concat([u32(bytes.length), bytes]);
    });
    const payload = Buffer.concat(values);
    if (version === 4) parts.push(u64(1n));
    parts.push(u64(BigInt(id)), u64(clockAt(plan, event.side, event.at)));
    parts.push(u32(24 + payload.length), u32(event.side === "source" ? 4200 : 5100), payload);
  }
  return Buffer.concat(parts);
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
