import path from "node:path";
import { tryFor } from "../files.js";
import { OutputFolder } from "../outputs/output-folder.js";
import { RecordingFolder, type RecordingFolderOptions } from "../outputs/recording-folder.js";
import { ABOUT_FILE, channelName, resumedName, returnName } from "../recording-layout.js";
import { ChannelRecorder } from "./channel-recorder.js";
import { type ClockReading, readClocks } from "./read-clocks.js";

/** What `recording.json` tells. */
export type AboutRecording = Readonly<Record<string, unknown>>;

/** The two ways of a channel. Of many only one is ever used; its files are made with its first byte. */
export interface RecordedWays {
  /** From the source to the destination. */
  readonly forward: (chunk: Uint8Array, at?: bigint) => ChannelRecorder;
  /** What the destination answers. */
  readonly back: (chunk: Uint8Array, at?: bigint) => ChannelRecorder;
}

/** Writes a recording: a folder with the bytes and times of each channel, and `recording.json`. */
export class RecordingWriter {
  readonly #folder: RecordingFolder;
  readonly #about: AboutRecording;
  readonly #start: ClockReading = readClocks();
  readonly #recorders: ChannelRecorder[] = [];

  private constructor(folder: RecordingFolder, about: AboutRecording) {
    this.#folder = folder;
    this.#about = about;
  }

  /**
   * Opens the folder as `RecordingFolder.open` does, and says in it at once what is recorded, since a
   * full disk may leave no room for that later. Throws `Failure` if it cannot.
   */
  static async open(
    folder: string,
    about: AboutRecording,
    options: RecordingFolderOptions = {},
  ): Promise<RecordingWriter> {
    const recording = new RecordingWriter(RecordingFolder.open(folder, options), about);
    tryFor(folder, () => recording.#begin());
    return recording;
  }

  /** The folder's path. */
  get folder(): string {
    return this.#folder.path;
  }

  #begin(): void {
    try {
      this.#writeAbout({ complete: false }, { start: this.#start });
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Takes away all that was written, of what came to nothing. */
  discard(): void {
    this.#folder.discard();
  }

  /** The first failure to write, if there was one. */
  get failure(): Error | undefined {
    return this.#recorders.find(({ failure }) => failure)?.failure;
  }

  /** Bytes of the source's way, of all channels. */
  channel(number: number): RecordedWays {
    return {
      forward: this.#way(channelName(number)),
      back: this.#way(returnName(channelName(number))),
    };
  }

  /** Likewise, of the connection by which a paused postcopy went on for the so-manieth time. */
  resumed(time: number): RecordedWays {
    return {
      forward: this.#way(resumedName(time)),
      back: this.#way(returnName(resumedName(time))),
    };
  }

  /** A channel that was opened and said nothing, such as postcopy's for urgent pages. */
  silentChannel(number: number): void {
    this.channel(number).forward(new Uint8Array(0));
  }

  /** Waits until all that was brought is written; throws the first failure. */
  async written(): Promise<void> {
    for (const recorder of this.#recorders) await recorder.written();
  }

  /** Writes out what waits, and what is known of the migration in the end. */
  async close(about: AboutRecording): Promise<void> {
    await Promise.all(this.#recorders.map((recorder) => recorder.close()));
    // Where the disk is full, it goes on to say what it said at the beginning.
    const clocks = { start: this.#start, end: readClocks() };
    // That the disk is full may turn out only now.
    const incomplete = this.failure && { complete: false };
    tryTo(() => this.#writeAbout({ ...about, ...incomplete }, clocks));
  }

  #way(name: string): (chunk: Uint8Array, at?: bigint) => ChannelRecorder {
    let recorder: ChannelRecorder | undefined;
    return (chunk, at) => {
      if (!recorder) {
        recorder = new ChannelRecorder(path.join(this.folder, name));
        this.#recorders.push(recorder);
      }
      recorder.record(chunk, at);
      return recorder;
    };
  }

  /** Both clocks at start and end relate the times to logs, which have the wall clock's. */
  #writeAbout(more: AboutRecording, clocks: Readonly<Record<string, ClockReading>>): void {
    const about = { ...this.#about, ...more, clocks };
    const decimal = (_: string, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value;
    const files = new OutputFolder(this.folder, { guestData: true });
    try {
      files.write(ABOUT_FILE, `${JSON.stringify(about, decimal, 1)}\n`);
      files.commit();
    } catch (error) {
      files.discard();
      throw error;
    }
  }
}

function tryTo(action: () => void): void {
  try {
    action();
  } catch {
    // It was worth a try.
  }
}
