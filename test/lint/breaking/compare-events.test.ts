import { describe, expect, test } from "vitest";
import { parse } from "../../../grammar/parse.js";
import { breaks, type Change } from "../../../src/lint/breaking/change.js";
import { breakingJson } from "../../../src/lint/breaking/change-json.js";
import { compareEvents } from "../../../src/lint/breaking/compare-events.js";
import { printChange } from "../../../src/lint/breaking/print-change.js";
import { buildModel } from "../../../src/model/build-model.js";
import type { EventModel } from "../../../src/model/event-model.js";
import { groupName } from "../../../src/model/group-name.js";
import { corpusSources } from "../../support/corpus.js";
import { describeWith } from "../../support/tools.js";

const events = (text: string, group = "g"): EventModel[] =>
  buildModel(parse(text, "trace-events"), { group });

const compare = (before: string, after: string) => compareEvents(events(before), events(after));

/** The kind of the one change that makes `after` of `before`. */
function kindOf(before: string, after: string): string {
  const changes = compare(`${before}\n`, `${after}\n`);
  expect(changes).toHaveLength(1);
  return changes[0]!.kind;
}

describe("what is misread without a word", () => {
  test.each([
    ["an argument more", "e(int a)", "e(int a, int b)"],
    ["an argument less", "e(int a)", "e(void)"],
    ["a string where a number was", "e(int a)", "e(const char *a)"],
    ["an address where a string was", "e(char *a)", "e(char **a)"],
    ["a string at another place", "e(int a, char *b)", "e(char *b, int a)"],
  ])("%s", (_, before, after) => {
    expect(kindOf(before, after)).toBe("layout-changed");
  });

  test("the same arguments in another order", () => {
    expect(kindOf("e(int x, int y)", "e(int y, int x)")).toBe("arguments-reordered");
  });
});

describe("what sources must follow", () => {
  test("an event that is gone", () => {
    expect(kindOf("e(int a)", "")).toBe("removed");
  });

  test("a number of another width or sign: the record has 64 bits for each", () => {
    expect(kindOf("e(uint32_t a)", "e(uint64_t a)")).toBe("types-changed");
    expect(kindOf("e(int a)", "e(void *a)")).toBe("types-changed");
  });

  test("a new name, near to the old one, of the same arguments", () => {
    expect(kindOf("vfio_intx_eoi(char *name)", "vfio_pci_intx_eoi(char *name)")).toBe("renamed");
  });

  test("a name that is not near is another event", () => {
    const changes = compare("vfio_intx_eoi(int a)\n", "block_flush(int a)\n");
    expect(changes.map(({ kind }) => kind)).toEqual(["removed", "added"]);
  });

  test("a near name of other arguments is another event", () => {
    const changes = compare("read_one(int a)\n", "read_two(int b)\n");
    expect(changes.map(({ kind }) => kind)).toEqual(["removed", "added"]);
  });

  test("of several near names the nearest is it", () => {
    const [change] = compare("dma_read(int a)\n", "dma_readw(int a)\ndma_reads_on(int a)\n");
    expect(change).toMatchObject({ kind: "renamed", after: { name: "dma_readw" } });
  });

  test("another group", () => {
    const changes = compareEvents(events("e(int a)\n", "net"), events("e(int a)\n", "hw_net"));
    expect(changes).toMatchObject([{ kind: "moved" }]);
  });
});

describe("what only prints otherwise", () => {
  test("an argument's name", () => {
    expect(kindOf('e(int a) "%d"', 'e(int b) "%d"')).toBe("arguments-renamed");
  });

  test("a format", () => {
    expect(kindOf('e(int a) "%d"', 'e(int a) "a %d"')).toBe("format-changed");
    expect(kindOf('e(uint64_t a) "%" PRIu64', 'e(uint64_t a) "%" PRIx64')).toBe("format-changed");
  });
});

describe("what is no change", () => {
  test.each([
    ["blanks", 'e(char* a)"%s"', 'e( char *a ) "%s"'],
    ["a conversion spelled otherwise", 'e(uint64_t a) "%lu"', 'e(uint64_t a) "%" PRIu64'],
    ["strings that C joins", 'e(void) "a" "b"', 'e(void) "ab"'],
    ["an empty format", "e(int a)", 'e(int a) ""'],
  ])("%s", (_, before, after) => {
    expect(compare(`${before}\n`, `${after}\n`)).toEqual([]);
  });

  test("two events of one name that have changed places", () => {
    expect(compare("e(int a)\ne(char *b)\n", "e(char *b)\ne(int a)\n")).toEqual([]);
  });

  test("a new event breaks nothing", () => {
    const [change] = compare("", "e(int a)\n");
    expect(change).toMatchObject({ kind: "added" });
    expect(breaks(change!, "text")).toBe(false);
  });
});

describe("levels", () => {
  const changes = compare(
    'w(int a)\ns(int a)\nt(int a) "x"\n',
    'w(char *a)\nt(int a) "y"\nn(int a)\n',
  );
  const names = (list: readonly Change[]) =>
    list.map(({ before, after }) => (before ?? after)!.name);

  test("hold the worse ones too, the worst first", () => {
    expect(names(changes.filter((change) => breaks(change, "wire")))).toEqual(["w"]);
    expect(names(changes.filter((change) => breaks(change, "source")))).toEqual(["w", "s"]);
    expect(names(changes.filter((change) => breaks(change, "text")))).toEqual(["w", "s", "t"]);
    expect(names(changes)).toEqual(["w", "s", "t", "n"]);
  });

  test("JSON has all changes, and says whether the level is broken", () => {
    expect(breakingJson(changes, "source")).toMatchObject({
      level: "source",
      breaking: true,
      counts: { wire: 1, source: 1, text: 1, added: 1 },
      changes: [
        {
          kind: "layout-changed",
          level: "wire",
          before: { group: "g", name: "w", file: "trace-events", line: 1, declaration: "w(int a)" },
          after: { line: 1, declaration: "w(char *a)" },
        },
        { kind: "removed", level: "source", after: null },
        { kind: "format-changed", level: "text" },
        { kind: "added", level: null, before: null },
      ],
    });
  });

  test("in words, with both declarations", () => {
    expect(printChange(changes[0]!)).toBe(
      "wire: w (g) its record has other fields [layout-changed]\n" +
        "  - w(int a)\n      trace-events:1\n" +
        "  + w(char *a)\n      trace-events:1\n",
    );
  });
});

describeWith(["shared"], "QEMU from 10.0.2 to 10.2.2", () => {
  const version = (name: string) =>
    corpusSources(name).flatMap(({ path, text }) => events(text, groupName(path)));
  const changes = compareEvents(version("qemu-10.0.2"), version("qemu-10.2.2"));
  const namesOf = (kind: Change["kind"]) =>
    changes
      .filter((change) => change.kind === kind)
      .map(({ before, after }) => (before ?? after)!.name);

  test("eight events have another layout, as the survey counts", () => {
    expect(changes.filter((change) => breaks(change, "wire"))).toHaveLength(8);
    expect(namesOf("layout-changed")).toEqual([
      "luring_co_submit",
      "luring_resubmit_short_read",
      "i82596_receive_packet",
      "sdcard_app_command",
      "sdcard_normal_command",
      "process_incoming_migration_co_end",
      "hvf_data_abort",
      "hvf_unknown_hvc",
    ]);
  });

  test("seven more have other types in the same layout", () => {
    expect(namesOf("types-changed")).toHaveLength(7);
    expect(namesOf("types-changed").every((name) => name.startsWith("pl011_"))).toBe(true);
  });

  test("seven are called otherwise", () => {
    expect(
      changes
        .filter(({ kind }) => kind === "renamed")
        .map(({ before, after }) => `${before!.name} → ${after!.name}`),
    ).toEqual([
      "loongarch_pch_pic_readb → loongarch_pch_pic_read",
      "loongarch_pch_pic_writeb → loongarch_pch_pic_write",
      "vfio_detach_device → vfio_device_detach",
      "vfio_intx_eoi → vfio_pci_intx_eoi",
      "vfio_populate_device_config → vfio_pci_populate_device_config",
      "vfio_populate_device_get_irq_info_failure → vfio_pci_populate_device_get_irq_info_failure",
      "vfio_reset_handler → vfio_device_reset_handler",
    ]);
  });
});
