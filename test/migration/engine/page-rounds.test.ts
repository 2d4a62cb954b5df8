import { expect, test } from "vitest";
import { PageRounds } from "../../../src/migration/engine/page-rounds.js";

test.each([1024, 4096, 65536])(
  "pages of %d bytes: an older one never overwrites a newer one",
  (pageSize) => {
    const rounds = new PageRounds();
    const block = { name: "pc.ram", usedLength: 5 * pageSize };
    for (const address of [0, pageSize, 4 * pageSize]) {
      const admitted = [1, 3, 2, 3, 4].map((round) =>
        rounds.admit({ block, address, pageSize }, round),
      );
      expect(admitted).toEqual([true, true, false, true, true]);
    }
    const other = { name: "vga", usedLength: pageSize };
    expect(rounds.admit({ block: other, address: 0, pageSize }, 0)).toBe(true);
  },
);
