import { expect } from "vitest";
import type { Machine } from "../../../src/migration/engine/machine.js";

/** Both machines have the same memory, byte for byte, and devices in the same state. */
export function expectSameGuest(destination: Machine, source: Machine): void {
  for (const [index, block] of source.ram.blocks.entries()) {
    expect(Buffer.compare(destination.ram.blocks[index]!.bytes, block.bytes), block.name).toBe(0);
  }
  const states = ({ devices }: Machine) => devices.map(({ idstr, state }) => [idstr, state]);
  expect(states(destination)).toEqual(states(source));
}
