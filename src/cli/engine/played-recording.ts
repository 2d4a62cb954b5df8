import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { unreadable } from "../files.js";
import { Failure } from "../io.js";

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
  const names = await readdir(input);
  const main = ["channel0.bin", "stream.bin"].find((name) => names.includes(name));
  if (!main) throw new Failure(`${input}: no channel0.bin or stream.bin in it`);
  const further = names
    .filter((name) => /^channel[1-9]\d*\.bin$/.test(name))
    .sort((a, b) => numberOf(a) - numberOf(b));
  const inFolder = (name: string) => path.join(input, name);
  return { main: inFolder(main), further: further.map(inFolder) };
}

function numberOf(name: string): number {
  return Number(name.replace(/\D/g, ""));
}
