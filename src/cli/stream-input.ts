import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DecodeError } from "../bytes/decode-error.js";
import { findVmDescription } from "../migration/wire/find-vm-description.js";
import { libvirtHeaderSize, readLibvirtSaveHeader } from "../migration/wire/libvirt-save-header.js";
import { readQcow2Snapshots } from "../migration/wire/qcow2-snapshots.js";
import { qcow2VmState } from "../migration/wire/qcow2-vm-state.js";
import type { RandomAccess } from "../migration/wire/random-access.js";
import { readPipe } from "../migration/wire/read-pipe.js";
import { readStream } from "../migration/wire/read-stream.js";
import type { StreamItem } from "../migration/wire/stream-item.js";
import type { StreamReaderOptions } from "../migration/wire/stream-reader-options.js";
import { detectWrapping, WRAPPING_HEAD } from "../migration/wire/stream-wrapping.js";
import { ENCRYPTED } from "../migration/wire/tls.js";
import type { VmDescription } from "../migration/wire/vm-description.js";
import { openRandomAccess, readFileChunks } from "./files.js";
import { Failure, type Io } from "./io.js";
import { Progress } from "./progress.js";

const CHUNK = 1024 * 1024;

/** A migration stream, out of whatever it lay in. */
export interface StreamInput {
  /** Reads the items; can be called again unless the input is a pipe or compressed. */
  readonly items: (options?: StreamReaderOptions) => AsyncGenerator<StreamItem, void, void>;
  /** The stream as a file, from `offset` on, if it can be looked into anywhere. */
  readonly access?: RandomAccess;
  /** Where the stream begins in it. */
  readonly offset: number;
  readonly close: () => Promise<void>;
}

/** A file that can be read, but holds no migration stream that can. */
export class NotAStream extends Failure {}

/** Which stream of a file is meant. */
export interface StreamChoice {
  /**
   * Offset of the stream in the file, or in what is decompressed; by default, the stream begins after
   * the zeros that the file begins with, as QEMU's `file:PATH,offset=N` leaves a hole there.
   */
  readonly offset?: number;
  /** Name or id of an internal snapshot of a qcow2 file; without, the last one with VM state. */
  readonly snapshot?: string;
}

/**
 * Opens a migration stream: a file as QEMU writes it, libvirt's save image, an internal snapshot in
 * a qcow2 file, any of it in gzip or zstd; `-` is standard input.
 */
export async function openStream(
  file: string,
  io: Io,
  choice: StreamChoice = {},
): Promise<StreamInput> {
  if (file === "-") {
    const progress = new Progress(io, undefined);
    return pipeInput(file, readFileChunks(file, io), progress, async () => {}, choice.offset);
  }
  const access = await openRandomAccess(file);
  try {
    return await unwrapFile(file, access, io, choice);
  } catch (error) {
    await access.close();
    // What the stream lies in is broken: libvirt's header, a qcow2 file's tables.
    throw error instanceof DecodeError ? new NotAStream(`${file}: ${error.message}`, 1) : error;
  }
}

type OpenFile = RandomAccess & { readonly close: () => Promise<void> };

async function unwrapFile(
  file: string,
  access: OpenFile,
  io: Io,
  choice: StreamChoice,
): Promise<StreamInput> {
  const { offset } = choice;
  const head = await access.read(0, WRAPPING_HEAD);
  const wrapping = detectWrapping(head);
  if (offset !== undefined && wrapping !== "gzip" && wrapping !== "zstd") {
    const there = await access.read(offset, WRAPPING_HEAD);
    if (detectWrapping(there) !== "stream") throw noStream(file, there, offset);
    return fileInput(access, offset, access, io);
  }
  switch (wrapping) {
    case "qcow2":
      return fileInput(await snapshotOf(file, access, choice.snapshot), 0, access, io);
    case "libvirt":
      return libvirtInput(file, access, io);
    case "gzip":
    case "zstd": {
      const progress = new Progress(io, access.size);
      return pipeInput(file, fileChunks(access, 0), progress, access.close, offset);
    }
    case "stream":
      return fileInput(access, 0, access, io);
    default: {
      const start = await zerosAtStart(access);
      const there = start > 0 ? await access.read(start, WRAPPING_HEAD) : head;
      if (start > 0 && detectWrapping(there) === "stream") {
        return fileInput(access, start, access, io);
      }
      throw noStream(file, there, start);
    }
  }
}

/** How many bytes of zero a file begins with; those of a hole take no time to speak of. */
async function zerosAtStart(access: RandomAccess): Promise<number> {
  for (let offset = 0; offset < access.size; offset += CHUNK) {
    const zeros = countZeros(await access.read(offset, CHUNK));
    if (zeros < CHUNK) return offset + zeros;
  }
  return access.size;
}

/** How many bytes of zero a chunk begins with. */
function countZeros(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => byte !== 0);
  return at < 0 ? bytes.length : at;
}

function fileInput(access: RandomAccess, offset: number, file: OpenFile, io: Io): StreamInput {
  const progress = new Progress(io, access.size);
  const watched: RandomAccess = {
    size: access.size,
    read(at, length) {
      // What looks for the description at the end tells nothing of how far reading is.
      if (length === CHUNK) progress.update(at);
      return access.read(at, length);
    },
  };
  return {
    items: (options) => cleared(readStream(watched, { ...options, offset }), progress),
    access,
    offset,
    close: file.close,
  };
}

async function libvirtInput(file: string, access: OpenFile, io: Io): Promise<StreamInput> {
  const size = libvirtHeaderSize(await access.read(0, 92));
  if (size > access.size) {
    throw new NotAStream(`${file}: libvirt's header is cut short`);
  }
  const header = readLibvirtSaveHeader(await access.read(0, size));
  if (!header.complete) io.err(`qtrace: ${file}: libvirt did not complete this file\n`);
  const { streamOffset, compression } = header;
  if (compression === "raw") return fileInput(access, streamOffset, access, io);
  if (compression !== "gzip" && compression !== "zstd") {
    throw new NotAStream(`${file}: compressed by ${compression}; undo that first`);
  }
  const progress = new Progress(io, access.size);
  return pipeInput(file, fileChunks(access, streamOffset), progress, access.close);
}

/** The offset of an item is from the beginning of what was decompressed. */
function pipeInput(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  progress: Progress,
  close: () => Promise<void>,
  offset?: number,
): StreamInput {
  async function* items(options?: StreamReaderOptions) {
    const stream = await fromHeader(file, decompressed(watched(chunks, progress)), offset);
    yield* readPipe(stream.chunks, { ...options, offset: stream.offset });
  }
  return { items: (options) => cleared(items(options), progress), offset: 0, close };
}

/** The chunks from a stream's header on: at `offset`, else after the zeros that they begin with. */
async function fromHeader(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  offset: number | undefined,
): Promise<{ readonly chunks: AsyncIterable<Uint8Array>; readonly offset: number }> {
  const rest = await skipped(chunks, offset);
  const { head, all } = await withHead(rest.chunks);
  if (detectWrapping(head) !== "stream") throw noStream(file, head, rest.offset);
  return { chunks: all, offset: rest.offset };
}

/** What follows so many bytes, or by default the zeros at the start. */
async function skipped(chunks: AsyncIterable<Uint8Array>, length: number | undefined) {
  const iterator = chunks[Symbol.asyncIterator]();
  let offset = 0;
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
    const skip = length === undefined ? countZeros(step.value) : length - offset;
    offset += Math.min(skip, step.value.length);
    if (skip < step.value.length) {
      return { chunks: joined(step.value.subarray(skip), iterator), offset };
    }
  }
  return { chunks: joined(new Uint8Array(0), iterator), offset };
}

function noStream(file: string, head: Uint8Array, offset: number): NotAStream {
  const from = offset > 0 ? ` at 0x${offset.toString(16)}` : "";
  if (head.length === 0) {
    const what = offset > 0 ? `ends before 0x${offset.toString(16)} or has only zeros` : "empty";
    return new NotAStream(`${file}: ${what}, not a migration stream`);
  }
  if (detectWrapping(head) === "tls") return new NotAStream(`${file}: ${ENCRYPTED}${from}`);
  const begin = Buffer.from(head.subarray(0, 8)).toString("hex").replace(/..\B/g, "$& ");
  return new NotAStream(
    `${file}: not a migration stream, nor a file that holds one: begins ${begin}${from}`,
  );
}

async function* watched(chunks: AsyncIterable<Uint8Array>, progress: Progress) {
  let done = 0;
  for await (const chunk of chunks) {
    done += chunk.length;
    progress.update(done);
    yield chunk;
  }
}

async function* cleared<T>(items: AsyncGenerator<T, void, void>, progress: Progress) {
  try {
    yield* items;
  } finally {
    progress.clear();
  }
}

async function* fileChunks(access: RandomAccess, from: number): AsyncGenerator<Uint8Array> {
  for (let offset = from; offset < access.size; offset += CHUNK) {
    yield await access.read(offset, Math.min(CHUNK, access.size - offset));
  }
}

/** The chunks, decompressed if the first ones say that they are compressed. */
async function* decompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, all } = await withHead(chunks);
  switch (detectWrapping(head)) {
    case "gzip":
      return yield* gunzipped(all);
    case "zstd":
      return yield* unzstd(all);
    default:
      yield* all;
  }
}

/** What chunks begin with, and all of them. */
async function withHead(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < WRAPPING_HEAD) {
    const { value, done } = await iterator.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  const head = new Uint8Array(Buffer.concat(first));
  return { head, all: joined(head, iterator) };
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>) {
  if (head.length > 0) yield head;
  for (let step = await rest.next(); !step.done; step = await rest.next()) yield step.value;
}

async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(chunks);
  const gunzip = createGunzip();
  source.on("error", (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    yield* gunzip;
  } catch (error) {
    throw new DecodeError(`not gzip: ${(error as Error).message}`, gunzip.bytesWritten);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Few streams are compressed.
  const { Unzstd } = await import("../migration/wire/unzstd.js");
  const stream = new Unzstd();
  for await (const chunk of chunks) yield* stream.push(chunk);
}

async function snapshotOf(
  file: string,
  access: RandomAccess,
  wanted: string | undefined,
): Promise<RandomAccess> {
  const qcow2 = await readQcow2Snapshots(access);
  const saved = qcow2.snapshots.filter(({ vmStateSize }) => vmStateSize > 0);
  const found =
    wanted === undefined
      ? saved.at(-1)
      : saved.find(({ id, name }) => name === wanted || id === wanted);
  if (found) return qcow2VmState(access, qcow2, found);
  const names = saved.map(({ name }) => name).join(", ") || "none";
  throw new Failure(`${file}: no such snapshot with VM state; there are: ${names}`);
}

/** The VMDESCRIPTION of a stream that can be looked into from its end, else `undefined`. */
export async function descriptionOf({ access }: StreamInput): Promise<VmDescription | undefined> {
  return access && findVmDescription(access);
}
