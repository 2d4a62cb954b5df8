import { Failure } from "./io.js";

/** The two ends of a migration. */
type Side = "source" | "destination";

/** The stream of a migration to a file. */
export const STREAM_FILE = "stream.bin";

/** What is known of a migration besides its bytes and traces. */
export const ABOUT_FILE = "recording.json";

/** The name of a channel's files, without their extension; 0 is the main channel. */
export function channelName(number: number): string {
  return `channel${number}`;
}

/** The same of the connection by which a paused postcopy went on for the `time`th time, from 1. */
export function resumedName(time: number): string {
  return `${channelName(0)}.resumed${time}`;
}

/** The same of what the destination answers on a channel. */
export function returnName(channel: string): string {
  return `${channel}.return`;
}

/** The file with the bytes of a channel. */
export function bytesFile(channel: string): string {
  return `${channel}.bin`;
}

/** The bytes of the main channel of a migration over a network. */
export const MAIN_CHANNEL_FILE = bytesFile(channelName(0));

/** The file with lines `OFFSET NANOSECONDS`: when each chunk of a channel passed. */
export function timesFile(channel: string): string {
  return `${channel}.times`;
}

/** The file of times that belongs to a file of bytes. */
export function timesOf(file: string): string {
  return timesFile(file.replace(/\.bin$/, ""));
}

/** The file of a side's trace. */
export function traceFile(side: Side, format: "simpletrace" | "log"): string {
  return `${side}.${format}`;
}

/** The file with the declarations of the events of a side's QEMU. */
export function eventsFile(side: Side): string {
  return `${side}.trace-events-all`;
}

/** The folder with the images of RAM blocks. */
export const RAM_FOLDER = "ram";

/** The file beside images that lists them. */
export const RAM_LIST = "blocks.json";

/** How the names of images end. */
export const IMAGE_EXTENSION = ".img";

/** Whether a file beside a list of images is one of them, or the list. */
export function isImageFile(name: string): boolean {
  return name === RAM_LIST || name.endsWith(IMAGE_EXTENSION);
}

/** What the engine's own source measured of its migration. */
export const RESULT_FILE = "result.json";

/** The files of a recording, by their names in its folder. */
export interface RecordingNames {
  /** The bytes of the main channel. */
  readonly stream?: string;
  /** Those of the additional channels, in order. */
  readonly channels: readonly string[];
  /** Those of the connections, in order, by which a paused postcopy went on. */
  readonly resumed: readonly string[];
  readonly wire?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly sourceEvents?: string;
  readonly destinationEvents?: string;
}

/**
 * The files of a recording among the names in its folder. Of a trace in both formats, simpletrace is
 * taken: it is exact, while a log is text. Throws `Failure` if there are two main channels, unless
 * the stream that was `given` comes from elsewhere.
 */
export function recordingNames(
  folder: string,
  names: readonly string[],
  given: { readonly stream?: string | undefined } = {},
): RecordingNames {
  const there = new Set(names);
  const first = (...wanted: string[]) => wanted.find((name) => there.has(name));
  if (given.stream === undefined && hasTwoStreams(names)) {
    const both = `${STREAM_FILE} and ${MAIN_CHANNEL_FILE}`;
    throw new Failure(
      `${folder}: both ${both} are there, and a recording has one main channel: remove one`,
    );
  }
  const optional = {
    stream: first(STREAM_FILE, MAIN_CHANNEL_FILE),
    wire: first(timesFile(channelName(0))),
    source: first(traceFile("source", "simpletrace"), traceFile("source", "log")),
    destination: first(traceFile("destination", "simpletrace"), traceFile("destination", "log")),
    sourceEvents: first(eventsFile("source")),
    destinationEvents: first(eventsFile("destination")),
  };
  return {
    ...Object.fromEntries(Object.entries(optional).filter(([, name]) => name !== undefined)),
    channels: numbered(names, /^channel([1-9]\d*)\.bin$/),
    resumed: numbered(names, /^channel0\.resumed([1-9]\d*)\.bin$/),
  };
}

/** Whether a folder with files of these names is a recording. */
export function isRecording(names: readonly string[]): boolean {
  return names.some((name) => marks.has(name));
}

/** Whether a file belongs to a recording: one of an older recording would be taken for the new one's. */
export function isRecordingFile(name: string): boolean {
  return marks.has(name) || CHANNEL_FILE.test(name) || eventsFiles.has(name);
}

/** Whether a folder has both forms of a main channel: which of them is the migration's, nothing says. */
export function hasTwoStreams(names: readonly string[]): boolean {
  return names.includes(STREAM_FILE) && names.includes(MAIN_CHANNEL_FILE);
}

function numbered(names: readonly string[], pattern: RegExp): string[] {
  const found = names.flatMap((name) => {
    const number = pattern.exec(name)?.[1];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
  return found.sort((a, b) => a.number - b.number).map(({ name }) => name);
}

const CHANNEL_FILE = /^channel\d+(\.resumed\d+)?(\.return)?\.(bin|times)$/;

const sides = ["source", "destination"] as const;

const eventsFiles: ReadonlySet<string> = new Set(sides.map(eventsFile));

/** A folder with one of these is a recording. */
const marks: ReadonlySet<string> = new Set([
  ABOUT_FILE,
  STREAM_FILE,
  MAIN_CHANNEL_FILE,
  ...sides.flatMap((side) => [traceFile(side, "simpletrace"), traceFile(side, "log")]),
]);
