/** The name of a set of trace events. */
export type EventSetName = "migration" | "postcopy" | "devices" | "migration-full";

/** Trace events that belong together, what they show, and what tracing them costs the guest. */
export interface EventSet {
  readonly name: EventSetName;
  readonly purpose: string;
  /** As measured with QEMU 10.0 and its log: a q35 guest of 32 MiB with two devices, under TCG. */
  readonly cost: string;
  readonly entries: readonly EventSetEntry[];
}

/** An event, or a pattern of events as QEMU's `-trace` takes it. */
export interface EventSetEntry {
  readonly pattern: string;
  /** The first version of QEMU that can have it; absent: every known one. */
  readonly from?: string;
  /** The last version of QEMU that can have it; absent: every known one. */
  readonly until?: string;
}

/** The versions of QEMU whose events are known; `MAJOR.MINOR`. */
export const knownQemuVersions = { oldest: "7.2", newest: "11.1" } as const;

const always = (...patterns: readonly string[]): EventSetEntry[] =>
  patterns.map((pattern) => ({ pattern }));

const migration: readonly EventSetEntry[] = [
  ...always(
    "savevm_section_*",
    "savevm_command_send",
    "savevm_send_*",
    "savevm_state_*",
    "loadvm_*",
    "qemu_loadvm_state_*",
  ),
  { pattern: "vmstate_downtime_*", from: "8.2" },
  // Before vmstate_downtime_*, these report when each device is saved and loaded.
  { pattern: "vmstate_save", until: "8.1" },
  { pattern: "vmstate_load", until: "8.1" },
  ...always("migrate_set_state"),
  // Whether the stream goes to a file, so that its load is not part of the downtime.
  { pattern: "migration_file_*", from: "8.2" },
  { pattern: "migrate_error", from: "8.0" },
  { pattern: "migrate_fd_error", until: "8.2" },
  { pattern: "migrate_pending", until: "8.0" },
  { pattern: "migrate_pending_exact", from: "8.0", until: "11.0" },
  { pattern: "qemu_savevm_query_pending", from: "11.0" },
  ...always(
    "migration_bitmap_sync_*",
    "migration_completion_*",
    "migration_thread_setup_complete",
    "source_return_path_*",
    "process_incoming_migration_*",
    "vm_state_notify",
    "ram_load_complete",
  ),
];

/** The sets, the one to start with first. */
export const eventSets: readonly EventSet[] = [
  {
    name: "migration",
    purpose: "phases, rounds, sections, the downtime and each device's share of it",
    cost: "about 230 records during the downtime; its length stays within the noise",
    entries: migration,
  },
  {
    name: "postcopy",
    purpose: "migration, and for postcopy how long the guest waits for each page",
    cost: "as migration, and about seven records per page that the guest waits for",
    entries: [
      // In postcopy the source iterates all the time while it may not send, thousands of times a second.
      ...migration.filter(({ pattern }) => pattern !== "savevm_state_*"),
      ...always(
        "savevm_state_header",
        "savevm_state_setup",
        "savevm_state_cleanup",
        "savevm_state_resume_prepare",
        "postcopy_start*",
        "postcopy_pause_*",
        "postcopy_ram_fault_thread_request",
        "postcopy_page_req_*",
        "postcopy_preempt_send_host_page",
        "migrate_handle_rp_req_pages",
        "get_queued_page*",
      ),
    ],
  },
  {
    name: "devices",
    purpose: "migration, and each structure inside the state of a device",
    cost: "about 8,500 records during the downtime, which becomes two to three times as long",
    entries: [
      ...migration,
      ...always("vmstate_save", "vmstate_load", "vmstate_save_state_top", "vmstate_load_state"),
      { pattern: "vmstate_load_state_end", until: "11.0" },
      { pattern: "vmstate_load_state_success", from: "11.0" },
      { pattern: "vmstate_load_state_fail", from: "11.0" },
    ],
  },
  {
    name: "migration-full",
    purpose: "all that can be read: every field of every device, bytes sent, pages, packets",
    cost: "about 62,000 records during the downtime, which becomes ten times as long or more",
    entries: [
      ...always(
        "savevm_*",
        "loadvm_*",
        "qemu_savevm_*",
        "qemu_loadvm_*",
        "vmstate_*",
        "migrat*",
        "ram_*",
        "multifd_*",
        "postcopy_*",
        "get_queued_page*",
        "source_return_path_*",
        "process_incoming_*",
        "vm_state_notify",
      ),
    ],
  },
];

/**
 * The patterns of a set, each once: without a version, those of all versions (QEMU warns about a
 * name that it does not have, and goes on); undefined for a version that is not known.
 *
 *     eventPatterns(eventSets[0]!, "10.0.2") // ["savevm_section_*", …]
 */
export function eventPatterns(set: EventSet, qemu?: string): readonly string[] | undefined {
  const version = qemu === undefined ? undefined : versionOrder(qemu);
  if (qemu !== undefined && !isKnown(version)) return undefined;
  const wanted = set.entries.filter(
    ({ from, until }) =>
      version === undefined ||
      ((from === undefined || version >= versionOrder(from)!) &&
        (until === undefined || version <= versionOrder(until)!)),
  );
  return [...new Set(wanted.map(({ pattern }) => pattern))];
}

function isKnown(version: number | undefined): boolean {
  const { oldest, newest } = knownQemuVersions;
  return (
    version !== undefined && version >= versionOrder(oldest)! && version <= versionOrder(newest)!
  );
}

/** A number that grows with `MAJOR.MINOR`; the micro version brings no events. */
function versionOrder(version: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})(?:\.\d+)?$/.exec(version);
  return match ? Number(match[1]) * 1000 + Number(match[2]) : undefined;
}
