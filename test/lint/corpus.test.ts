/** The linter on the trace-events files of QEMU 10.2.2, beside what `formats/lint-survey.md` counts there. */

import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parse.js";
import type { FileProblems } from "../../src/diagnostics/file-problems.js";
import { lintTree } from "../../src/lint/lint-tree.js";
import { buildLintedTree } from "../../src/lint/linted-tree.js";
import { levelsOf } from "../../src/lint/registry.js";
import { corpusSources } from "../support/corpus.js";
import { describeWith } from "../support/tools.js";

function lintCorpus(set: "recommended" | "strict"): FileProblems[] {
  const inputs = corpusSources("qemu-10.2.2").map(({ path, text }) => ({
    path,
    parse: () => parse(text, path),
  }));
  const levels = levelsOf(set);
  return lintTree(buildLintedTree(inputs), () => levels);
}

/** The event on each problem's line: `folder event`. */
function events(files: readonly FileProblems[], code: string): string[] {
  return files.flatMap(({ source, path, problems }) =>
    problems
      .filter((problem) => problem.code === code)
      .map(({ span }) => {
        const { line } = source.locate(span.start);
        const [, name] = /^(?:disable )?(\w+)/.exec(source.line(line))!;
        return `${path.replace(/\/?trace-events$/, "")} ${name}`;
      }),
  );
}

function counts(files: readonly FileProblems[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { code } of files.flatMap(({ problems }) => problems)) {
    counted[code] = (counted[code] ?? 0) + 1;
  }
  return counted;
}

describeWith(["shared"], "recommended on QEMU 10.2.2", () => {
  const files = lintCorpus("recommended");

  test("finds these mistakes, and no others", () => {
    expect(counts(files)).toEqual({
      "portable-types": 16,
      "narrow-conversion": 2,
      "wide-conversion": 4,
      "decimal-after-0x": 5,
      "pointer-after-0x": 2,
      "stray-letter": 5,
      "stray-macro": 1,
      "missing-blank": 18,
      "unbalanced-bracket": 3,
      "swapped-labels": 5,
      "hex-prefix": 24,
    });
  });

  test("both %ud, and three letters more that the survey has not", () => {
    expect(events(files, "stray-letter")).toEqual([
      "hw/scsi pvscsi_convert_sglist",
      "hw/vmapple aes_cmd_store_iv",
      "migration loadvm_postcopy_ram_handle_discard_header",
      "migration qemu_savevm_send_postcopy_ram_discard",
      "target/s390x/kvm kvm_intercept",
    ]);
  });

  test("the five decimals behind 0x", () => {
    expect(events(files, "decimal-after-0x")).toEqual([
      "hw/char imx_serial_read",
      "hw/char imx_serial_write",
      "hw/display apple_gfx_cursor_set",
      "hw/ppc pnv_sbe_cmd_timer_start",
      "migration migrate_send_rp_recv_bitmap",
    ]);
  });

  test("both 0x%p", () => {
    expect(events(files, "pointer-after-0x")).toEqual([
      "hw/acpi acpi_erst_post_load",
      "hw/scsi pvscsi_on_cmd_reset_dev",
    ]);
  });

  test("the six macros of another width than their arguments", () => {
    expect(events(files, "narrow-conversion")).toEqual([
      "hw/net lan9118_phy_read",
      "hw/net lan9118_phy_write",
    ]);
    expect(events(files, "wide-conversion")).toEqual([
      "hw/char exynos_uart_tx",
      "hw/char exynos_uart_rx",
      "hw/nvme pci_nvme_err_unaligned_zone_cmd",
      "hw/nvme pci_nvme_err_invalid_zone_state_transition",
    ]);
  });

  test("the sixteen %lx are all in one file, on events that are disabled", () => {
    const found = events(files, "portable-types");
    expect(found.every((event) => event.startsWith("target/hppa hppa_tlb_"))).toBe(true);
    expect(new Set(found).size).toBe(10);
  });

  test("the three brackets", () => {
    expect(events(files, "unbalanced-bracket")).toEqual([
      "bsd-user user_host_signal",
      "hw/scsi scsi_disk_emulate_vpd_page_80_not_supported",
      "hw/scsi scsi_disk_emulate_vpd_page_b0_not_supported",
    ]);
  });

  // The survey has one, `Descriptor 2`; the others run together just so: `0x10val: 0x2`.
  test("the missing blank, and seventeen more that the survey has not", () => {
    expect(events(files, "missing-blank")).toEqual([
      "hw/intc loongson_ipi_read",
      "hw/intc loongson_ipi_write",
      "hw/intc loongarch_pch_pic_read",
      "hw/intc loongarch_pch_pic_write",
      "hw/intc loongarch_extioi_readw",
      "hw/intc loongarch_extioi_writew",
      "hw/misc imx7_gpr_write",
      "hw/net lance_mem_readw",
      "hw/net lance_mem_writew",
      "hw/net npcm_gmac_debug_desc_data",
      "hw/s390x s390_pci_bar",
      "hw/timer hpet_ram_write_counter_written",
      "hw/ufs ufs_err_mcq_create_sq_already_exists",
      "hw/ufs ufs_err_mcq_delete_sq_not_exists",
      "hw/ufs ufs_err_mcq_create_cq_already_exists",
      "hw/ufs ufs_err_mcq_delete_cq_not_exists",
      "hw/virtio virtio_mem_resized_usable_region",
      "util uffd_create_fd_api_noioctl",
    ]);
  });

  test("five events whose labels name each other's arguments", () => {
    expect(events(files, "swapped-labels")).toEqual([
      "authz qauthz_list_check_rule",
      "hw/ide ahci_set_signature",
      "hw/misc led_set_intensity",
      "hw/misc led_change_intensity",
      "hw/nvme pci_nvme_err_startfail_virt_state",
    ]);
  });

  test("the macro that stands as text", () => {
    expect(events(files, "stray-macro")).toEqual(["hw/timer hpet_invalid_hpet_cfg"]);
  });
});

describeWith(["shared"], "strict on QEMU 10.2.2", () => {
  const files = lintCorpus("strict");
  const counted = counts(files);
  const lines = (code: string) => new Set(events(files, code)).size;

  describe("counts what the survey counts", () => {
    test.each([
      ["unsigned-as-signed", 936, 631],
      ["signed-as-unsigned", 105, 63],
      ["signed-as-hex", 349, 240],
      ["missing-format", 15, 15],
      ["leading-blank", 125, 125],
      ["trailing-blank", 13, 13],
      ["trailing-punctuation", 17, 17],
      ["unique-across-files", 8, 8],
    ])("%s: %i in %i events", (code, problems, inEvents) => {
      expect(counted[code]).toBe(problems);
      expect(lines(code)).toBe(inEvents);
    });
  });

  test("hexadecimal without 0x: 240, the groups and the others together, in 85 events", () => {
    expect(counted["hex-prefix"]! + counted["hex-group-prefix"]!).toBe(240);
    const both = [...events(files, "hex-prefix"), ...events(files, "hex-group-prefix")];
    expect(new Set(both).size).toBe(85);
  });

  test("argument count and conversions: the compiler catches it", () => {
    expect(counted["format-matches-arguments"]).toBeUndefined();
    expect(counted["format-types"]).toBeUndefined();
  });
});
