import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { withHead } from "../bytes/chunks-head.js";
import { DecodeError } from "../bytes/decode-error.js";
import { detectWrapping, WRAPPING_HEAD } from "../migration/wire/stream-wrapping.js";
import { startChild } from "./end-of-process.js";
import { Failure } from "./io.js";

/** Compressions that a program of the machine undoes. */
export type ToolCompression = "xz" | "bzip2" | "lzop";

/** By compression, the arguments of its program; a hostile file of xz states how much memory it takes. */
const programs: Readonly<Record<ToolCompression, readonly string[]>> = {
  xz: ["-dc", "-T1", "-M200MiB"],
  bzip2: ["-dc"],
  lzop: ["-dc"],
};

/** What is kept of a program's messages. */
const MESSAGE = 500;

/** Where the compressed bytes are, for the command line that does the same. */
export interface CompressedPlace {
  readonly file: string;
  readonly offset: number;
}

/** The bytes of a file, decompressed if a program of the machine does that. */
export async function* byProgram(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const { head, all } = await withHead(chunks, WRAPPING_HEAD);
  const compression = detectWrapping(head);
  if (!isToolCompression(compression)) yield* all;
  else yield* runDecompressor(compression, all, { file, offset: 0 });
}

/** Whether a program of the machine undoes a compression. */
export function isToolCompression(compression: string): compression is ToolCompression {
  return Object.hasOwn(programs, compression);
}

/**
 * Decompresses by the program that the compression is named after, without a shell. The program is
 * killed when no more is wanted. Throws `Failure` where it is not installed, and `DecodeError` where it
 * fails, after all that it gave.
 */
export async function* runDecompressor(
  compression: ToolCompression,
  chunks: AsyncIterable<Uint8Array>,
  place: CompressedPlace,
): AsyncGenerator<Uint8Array, void, void> {
  const child = startChild(() =>
    spawn(compression, programs[compression], { stdio: ["pipe", "pipe", "pipe"] }),
  );
  const closed = once(child, "close") as Promise<[number | null]>;
  // Told by `closed` too; without a listener it would end the process.
  closed.catch(() => {});
  const feeding = feed(child, chunks);
  let message = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (message.length < MESSAGE) message += text;
  });
  try {
    yield* child.stdout;
    const [code] = await closed.catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" ? notInstalled(compression, place) : error;
    });
    if (code !== 0) {
      const said = message.trim().split("\n")[0]!.slice(0, MESSAGE) || `exit code ${code}`;
      throw new DecodeError(`${compression}: ${withoutName(said)}`, place.offset);
    }
    const { failure } = await feeding;
    if (failure !== undefined) throw failure;
  } finally {
    child.kill("SIGKILL");
    child.stdin.destroy();
    child.stdout.destroy();
  }
}

type Decompressor = ChildProcessByStdio<Writable, Readable, Readable>;

/** Feeds a program as it takes its input; gives the error of reading the input. */
async function feed(
  { stdin }: Decompressor,
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly failure?: unknown }> {
  // A program that has ended takes no more: its exit code and messages say why.
  stdin.on("error", () => {});
  try {
    for await (const chunk of chunks) {
      if (stdin.destroyed) break;
      // A chunk may be overwritten once the next is asked for.
      await new Promise<void>((resolve) => {
        stdin.write(chunk, () => resolve());
      });
    }
    return {};
  } catch (failure) {
    return { failure };
  } finally {
    stdin.end();
  }
}

/** Programs begin their messages with their name, and call their input a standard one. */
function withoutName(message: string): string {
  return message.replace(/^\w+: /, "").replace(/^\(?(<stdin>|stdin)\)?: /, "");
}

function notInstalled(compression: ToolCompression, place: CompressedPlace): Failure {
  const command = `${decompressCommand(compression, place)} > OUTPUT`;
  return new Failure(
    `${place.file}: compressed by ${compression}, which is not installed; decompress it where it is: ${command}`,
  );
}

/** The command line that decompresses a file from an offset on. */
export function decompressCommand(compression: string, { file, offset }: CompressedPlace): string {
  const name = file === "-" ? undefined : shellWord(file);
  if (name === undefined) return `${compression} -dc`;
  if (offset === 0) return `${compression} -dc < ${name}`;
  return `tail -c +${offset + 1} ${name} | ${compression} -dc`;
}

/** A word as a shell takes it literally. */
function shellWord(text: string): string {
  const word = /^[\w./][\w./-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  return text.startsWith("-") ? `./${word}` : word;
}
