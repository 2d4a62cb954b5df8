import { type GuestRam, PAGE_SIZE, type RamBlock } from "./guest-ram.js";
import type { Random } from "./seeded-random.js";

/** Of a hundred pages so many stay zero, so many hold text; the rest is random. */
const ZERO_PAGES = 60;
const TEXT_PAGES = 25;

const WORDS = "the guest runs on while its memory moves page by page to another host ".split(" ");

/** Fills memory with pages as guests have them: empty ones, text, and what looks like noise. */
export function fillMemory(ram: GuestRam, random: Random): void {
  for (const block of ram.blocks) {
    for (let page = 0; page < block.pages; page += 1) fillPage(block, page, random);
  }
}

function fillPage(block: RamBlock, page: number, random: Random): void {
  const kind = random(100);
  if (kind < ZERO_PAGES) return;
  const bytes = kind < ZERO_PAGES + TEXT_PAGES ? textPage(random) : noisePage(random);
  block.write(page * PAGE_SIZE, bytes);
}

function textPage(random: Random): Uint8Array {
  const bytes = new Uint8Array(PAGE_SIZE);
  const encoder = new TextEncoder();
  for (let at = 0; at < PAGE_SIZE; ) {
    const word = `${WORDS[random(WORDS.length)]} `;
    at += encoder.encodeInto(word, bytes.subarray(at)).written || PAGE_SIZE;
  }
  return bytes;
}

function noisePage(random: Random): Uint8Array {
  const words = Uint32Array.from({ length: PAGE_SIZE / 4 }, () => random(0xffff_ffff));
  return new Uint8Array(words.buffer);
}
