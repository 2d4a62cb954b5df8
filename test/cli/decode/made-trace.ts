import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TraceMaker } from "../../traces/make-trace.js";

const declarations = `disk_open(const char *file, int fd, bool ro) "%s as %d, read-only %d"
disk_read(int64_t at, uint32_t bytes, void *to) "%" PRId64 ", %u bytes to %p"
disk_close(int8_t fd) "%d"
`;

const SECOND = 1_000_000_000;

/**
 * A folder of its own with `trace-events` and a trace of two processes, 1 and 2: opened at 10 s and
 * 10.5 s, read at 11 s, 12 s, 13 s, closed at 14 s.
 */
export function madeTrace(): { readonly folder: string; readonly trace: string } {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-decode-"));
  writeFileSync(join(folder, "trace-events"), declarations);
  const trace = join(folder, "trace-1");
  writeFileSync(trace, madeRecords().take());
  return { folder, trace };
}

/** The same, to be gone on with. */
export function madeRecords(): TraceMaker {
  return new TraceMaker()
    .header()
    .mapping(7, "disk_open")
    .mapping(8, "disk_read")
    .mapping(9, "disk_close")
    .record(7, 10 * SECOND, 1, 'a "b", c', 3, 1)
    .record(7, 10.5 * SECOND, 2, "", -1, 0)
    .record(8, 11 * SECOND, 1, -4096, 512, 0x7f00_0000_1000n)
    .record(8, 12 * SECOND, 1, 2n ** 63n - 1n, 2 ** 32 - 1, 2n ** 64n - 1n)
    .record(8, 13 * SECOND, 2, 0, 0, 0)
    .record(9, 14 * SECOND, 1, -3);
}
