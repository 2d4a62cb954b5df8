import { expect, test } from "vitest";
import { GuestRam, PAGE_SIZE, RamBlock } from "../../../src/migration/engine/guest-ram.js";
import { PageQueue } from "../../../src/migration/engine/page-queue.js";

const ram = new GuestRam([new RamBlock("pc.ram", 8 * PAGE_SIZE), new RamBlock("vga", PAGE_SIZE)]);

test("pages come in the order of the requests, those that are sent already passed over", () => {
  const queue = new PageQueue(ram);
  queue.request(2 * PAGE_SIZE, 3 * PAGE_SIZE, "pc.ram");
  queue.request(0, PAGE_SIZE, "vga");
  queue.request(0, PAGE_SIZE);
  const got = [];
  const isDirty = ({ page }: { page: number }) => page !== 3;
  for (let page = queue.next(isDirty); page; page = queue.next(isDirty)) got.push(page);
  expect(got).toEqual([
    { block: "pc.ram", page: 2 },
    { block: "pc.ram", page: 4 },
    { block: "vga", page: 0 },
    { block: "vga", page: 0 },
  ]);
});

test("pages go elsewhere, one after the other, once they are diverted", async () => {
  const queue = new PageQueue(ram);
  const sent: string[] = [];
  queue.divert(async (block, page) => void sent.push(`${block} ${page}`));
  await queue.request(2 * PAGE_SIZE, 2 * PAGE_SIZE, "pc.ram");
  expect(sent).toEqual(["pc.ram 2", "pc.ram 3"]);
  expect(queue.next(() => true)).toBeUndefined();
});

test.each([
  ["no block, and none before", 0, PAGE_SIZE, undefined, "without a RAM block"],
  ["a block that is not here", 0, PAGE_SIZE, "rom", 'in unknown RAM block "rom"'],
  ["a part of a page", 1, PAGE_SIZE, "vga", "at 0x1 in"],
  ["a length of no whole pages", 0, 1, "vga", "1 bytes at 0x0"],
  ["nothing", 0, 0, "vga", "0 bytes at 0x0"],
  ["what is beyond the block", 0, 2 * PAGE_SIZE, "vga", 'RAM block of 4096 bytes "vga"'],
])("refuses %s", async (_, start, length, block, reason) => {
  const queue = new PageQueue(ram);
  await expect(queue.request(start, length, block)).rejects.toThrow(reason);
  expect(queue.next(() => true)).toBeUndefined();
});

test("refuses more requests than the guest has pages, as long as they wait", async () => {
  const queue = new PageQueue(ram);
  for (let request = 0; request < 9; request += 1) await queue.request(0, PAGE_SIZE, "vga");
  await expect(queue.request(0, PAGE_SIZE, "vga")).rejects.toThrow("the guest's 9 pages");
  expect(queue.next(() => true)).toEqual({ block: "vga", page: 0 });
  await queue.request(0, PAGE_SIZE, "vga");
});
