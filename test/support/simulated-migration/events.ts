import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** An argument's value as QEMU passes it. */
export type Value = string | number | bigint;

/** An event as a version of QEMU declares it. */
export interface Declaration {
  readonly name: string;
  readonly text: string;
  /** Whether each argument is a string; others are numbers. */
  readonly strings: readonly boolean[];
  readonly format: string;
}

export type Version = "10.0" | "10.2" | "11.1";

/** What the project's declarations lack, and what other versions declare differently. */
const own: Readonly<Record<Version, string>> = {
  "10.0": `process_incoming_migration_co_end(int ret, int ps) "ret=%d postcopy-state=%d"`,
  "10.2": "",
  "11.1": `qemu_savevm_query_pending(bool exact, bool final, uint64_t precopy, uint64_t stopcopy, uint64_t postcopy, uint64_t total, uint32_t switchover_ack_pending, uint32_t total_switchover_ack_pending) "exact=%d, final=%d, precopy=%"PRIu64", stopcopy=%"PRIu64", postcopy=%"PRIu64", total=%"PRIu64", collected switchover ack pending=%"PRIu32", total switchover ack pending=%"PRIu32
vmstate_load_state_success(const char *name) "%s"
vmstate_load_state_fail(const char *name, const char *reason, int val) "%s %s/%d"`,
};

const ALWAYS = `migration_file_outgoing(const char *filename) "filename=%s"
migration_file_incoming(const char *filename) "filename=%s"`;

const folder = new URL("../../../trace-events/", import.meta.url);
const project = ["trace-events", "system/trace-events", "migration/trace-events"]
  .map((file) => readFileSync(fileURLToPath(new URL(file, folder)), "utf8"))
  .join("\n");

/** All declarations of a version, by name. */
export function declarationsOf(version: Version): ReadonlyMap<string, Declaration> {
  const lines = [project, ALWAYS, own[version]].join("\n").split("\n");
  return new Map(
    lines.flatMap((text) => {
      const match = /^(\w+)\((.*)\)\s+(".*)$/.exec(text);
      if (!match) return [];
      const [, name, list, format] = match as unknown as [string, string, string, string];
      const strings = list === "void" ? [] : list.split(",").map((one) => /char\s*\*/.test(one));
      return [[name, { name, text, strings, format: joined(format) }] as const];
    }),
  );
}

/** The declarations as a trace-events file. */
export function declarationFile(version: Version): string {
  return [...declarationsOf(version).values()]
    .map(({ text }) => text)
    .join("\n")
    .concat("\n");
}

/** `"a %" PRIu64 " b"` as one string: `a %lu b`. */
function joined(format: string): string {
  return format
    .replace(/PRI([diux])(32|64)/g, (_, letter, bits) => `"${bits === "64" ? "l" : ""}${letter}"`)
    .replace(/"\s*"/g, "")
    .replace(/^"|"\s*$/g, "");
}

/** The text of an event, as printf makes it. */
export function textOf({ format }: Declaration, values: readonly Value[]): string {
  let next = 0;
  return format.replace(/%(?:l|ll|z|h)?([sduxpi%])/g, (_, letter: string) => {
    if (letter === "%") return "%";
    const value = values[next++]!;
    if (letter === "x") return BigInt(value).toString(16);
    return letter === "p" ? `0x${BigInt(value).toString(16)}` : String(value);
  });
}
