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
  /** Whether one clock serves both traces. */
  readonly sameClock?: boolean;
}

/** Takes what a recording says of itself out of the text of its `recording.json`. */
export function aboutRecording(text: string): AboutRecording {
  const told = parseObject(text);
  const string = (name: string) => {
    const value = told[name];
    return typeof value === "string" && value !== "" ? { [name]: value } : {};
  };
  const { capabilities } = told;
  const time = typeof told.time === "string" ? parseTime(told.time) : undefined;
  const host = typeof told.host === "string" && isHost(told.host) ? told.host : undefined;
  return {
    ...string("qemu"),
    ...string("machine"),
    ...string("transport"),
    ...(host && { host }),
    ...(Array.isArray(capabilities) && {
      capabilities: capabilities.filter((name) => typeof name === "string"),
    }),
    ...(time && { time }),
    ...(told.sameClock === true && { sameClock: true }),
  };
}

/** Whether a text can be a host's name, or an address. */
export function isHost(text: string): boolean {
  return /^[\w.:-]{1,100}$/.test(text);
}

/** A date and perhaps a time of day as ISO 8601 has them, of a year that every database knows. */
export function parseTime(text: string): Date | undefined {
  if (!/^(19[7-9]\d|20\d\d)-\d\d-\d\d/.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
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
