/** What `recording.json` may tell of a recording; what is not as it should be is left out. */
export interface AboutRecording {
  /** QEMU's own words, such as `QEMU emulator version 10.2.2`. */
  readonly qemu?: string;
  readonly machine?: string;
  readonly transport?: string;
  readonly capabilities?: readonly string[];
  /** The source's host. */
  readonly host?: string;
  /** When the migration was. */
  readonly time?: Date;
}

/** Takes what a recording says of itself out of the text of its `recording.json`. */
export function aboutRecording(text: string): AboutRecording {
  const told = parseObject(text);
  const string = (name: string) => {
    const value = told[name];
    return typeof value === "string" && value !== "" ? { [name]: value } : {};
  };
  const { capabilities } = told;
  const time = typeof told.time === "string" ? new Date(told.time) : undefined;
  return {
    ...string("qemu"),
    ...string("machine"),
    ...string("transport"),
    ...string("host"),
    ...(Array.isArray(capabilities) && {
      capabilities: capabilities.filter((name) => typeof name === "string"),
    }),
    ...(time && !Number.isNaN(time.getTime()) && { time }),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The version in QEMU's own words: `10.2.2` of `QEMU emulator version 10.2.2 (Debian …)`. */
export function qemuVersion(words: string): string {
  return words.match(/\b(\d+\.\d+(?:\.\d+)*)/)?.[1] ?? words;
}
