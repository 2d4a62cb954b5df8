import { stat } from "node:fs/promises";
import path from "node:path";
import { namesInRecording, unreadable } from "../files.js";
import { Failure } from "../io.js";
import { MAIN_CHANNEL_FILE, recordingNames, STREAM_FILE } from "../recording-layout.js";

/** The channels of a recording as files, the main one first. */
export interface PlayedRecording {
  readonly main: string;
  readonly further: readonly string[];
}

/** What is to be played: a file alone, or a folder laid out as recordings are. */
export async function findChannels(input: string): Promise<PlayedRecording> {
  const info = await stat(input).catch((error: unknown) => {
    throw unreadable(input, error);
  });
  if (!info.isDirectory()) return { main: input, further: [] };
  const { stream, channels } = recordingNames(input, await namesInRecording(input));
  if (stream === undefined) {
    throw new Failure(`${input}: no ${MAIN_CHANNEL_FILE} or ${STREAM_FILE} in it`);
  }
  const inFolder = (name: string) => path.join(input, name);
  return { main: inFolder(stream), further: channels.map(inFolder) };
}
