import { ItemType } from "../../../src/migration/wire/constants.js";
import { pick, type Random } from "../../support/random.js";
import { bytesOf, concat } from "./bytes.js";

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}

/** Bytes that look like a section's end. */
export function footer(sectionId: number): Uint8Array {
  return bytesOf("7e", hex(sectionId));
}

/** Bytes that look like a device's section, but for its end. */
export function head(sectionId: number, idstr: string): Uint8Array {
  return bytesOf("04", hex(sectionId), hex(idstr.length).slice(6), { text: idstr }, hex(0), hex(1));
}

const END = Uint8Array.of(ItemType.eof);
const DESCRIPTION = bytesOf("06 00000002", { text: "{}" });
const COMMANDS = [bytesOf("08 000b 0000"), bytesOf("08 0002 0004 00000001")];

/** State of a device whose section has that id, full of what looks like ends and beginnings of items. */
export function misleadingState(random: Random, sectionId: number, others: number): Uint8Array {
  const plain = () => Uint8Array.from({ length: random(40) }, () => random(256));
  const id = () => (random(2) === 0 ? sectionId : sectionId + random(others));
  const piece = () =>
    pick(random, [
      plain,
      () => footer(id()),
      () => concat(footer(sectionId), END),
      () => concat(footer(sectionId), END, DESCRIPTION),
      () => concat(footer(sectionId), head(id(), "fake"), plain(), footer(id())),
      () => concat(footer(sectionId), pick(random, COMMANDS)),
      () => head(id(), "fake"),
      () => END,
    ])();
  return concat(...Array.from({ length: random(12) }, piece));
}
