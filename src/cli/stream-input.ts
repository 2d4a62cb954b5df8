import { joined, withHead } from "../bytes/chunks-head.js";
import { DecodeError } from "../bytes/decode-error.js";
import { decompress } from "../compression/decompress.js";
import { findVmDescription } from "../migration/wire/find-vm-description.js";
import { LIBVIRT_FIXED_SIZE, readLibvirtFixedPart } from "../migration/wire/libvirt-save-header.js";
import { readQcow2Snapshots } from "../migration/wire/qcow2-snapshots.js";
import { qcow2VmState } from "../migration/wire/qcow2-vm-state.js";
import type { RandomAccess } from "../migration/wire/random-access.js";
import { readPipe } from "../migration/wire/read-pipe.js";
import { readStream } from "../migration/wire/read-stream.js";
import type { StreamItem } from "../migration/wire/stream-item.js";
import type { StreamReaderOptions } from "../migration/wire/stream-reader-options.js";
import {
  detectWrapping,
  type StreamWrapping,
  WRAPPING_HEAD,
} from "../migration/wire/stream-wrapping.js";
import { ENCRYPTED } from "../migration/wire/tls.js";
import type { VmDescription } from "../migration/wire/vm-description.js";
import { openRandomAccess, readFileChunks } from "./files.js";
import { Failure, type Io } from "./io.js";
import { Progress } from "./progress.js";
import { isToolCompression, runDecompressor } from "./run-decompressor.js";

const CHUNK = 1024 * 1024;
const zeros = new Uint8Array(CHUNK);

/** So many zeros may precede a stream: a few bytes can decompress to billions of them. */
const MOST_ZEROS = 64 * CHUNK;

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
 * a qcow2 file, a compressed stream or save image; `-` is standard input.
 */
export async function openStream(
  file: string,
  io: Io,
  choice: StreamChoice = {},
): Promise<StreamInput> {
  if (file === "-") {
    const progress = new Progress(io, undefined);
    const pipe = { file, chunks: readFileChunks(file, io), offset: 0 };
    return pipeInput(pipe, choice.offset, io, progress, async () => {});
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
  if (isCompressed(wrapping)) return compressedInput(file, access, 0, offset, io);
  if (offset !== undefined) {
    const there = await access.read(offset, WRAPPING_HEAD);
    if (detectWrapping(there) !== "stream") throw noStream(file, there, offset);
    return fileInput(access, offset, access, io);
  }
  switch (wrapping) {
    case "qcow2":
      return fileInput(await snapshotOf(file, access, choice.snapshot), 0, access, io);
    case "libvirt":
      return libvirtInput(file, access, io);
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

/** How many bytes of zero a file begins with, as far as they are skipped. */
async function zerosAtStart(access: RandomAccess): Promise<number> {
  const most = Math.min(access.size, MOST_ZEROS);
  for (let offset = 0; offset < most; offset += CHUNK) {
    const zeros = countZeros(await access.read(offset, CHUNK));
    if (zeros < CHUNK) return offset + zeros;
  }
  return most;
}

/** How many bytes of zero a chunk begins with. */
function countZeros(bytes: Uint8Array): number {
  if (Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0) return bytes.length;
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
  const header = readLibvirtFixedPart(await access.read(0, LIBVIRT_FIXED_SIZE));
  const { streamOffset, compression } = header;
  if (streamOffset > access.size) {
    throw new NotAStream(`${file}: libvirt's header is cut short`);
  }
  if (!header.complete) io.err(incomplete(file));
  if (compression === "raw") return fileInput(access, streamOffset, access, io);
  return compressedInput(file, access, streamOffset, undefined, io);
}

function incomplete(file: string): string {
  return `qtrace: ${file}: libvirt did not complete this file\n`;
}

function isCompressed(wrapping: StreamWrapping): boolean {
  return wrapping === "gzip" || wrapping === "zstd" || isToolCompression(wrapping);
}

/** A stream that is compressed from `start` on; `offset` is its own in what is decompressed. */
function compressedInput(
  file: string,
  access: OpenFile,
  start: number,
  offset: number | undefined,
  io: Io,
): StreamInput {
  const pipe = { file, chunks: fileChunks(access, start), offset: start };
  return pipeInput(pipe, offset, io, new Progress(io, access.size), access.close);
}

/** Bytes that are read once, from the first on. */
interface Pipe {
  readonly file: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Offset of the first byte. */
  readonly offset: number;
}

/** The offset of an item is from the beginning of what was decompressed. */
function pipeInput(
  pipe: Pipe,
  offset: number | undefined,
  io: Io,
  progress: Progress,
  close: () => Promise<void>,
): StreamInput {
  async function* items(options?: StreamReaderOptions) {
    const chunks = watched(pipe.chunks, progress);
    const stream = await fromHeader(await unwrapPipe({ ...pipe, chunks }, offset, io), offset);
    yield* readPipe(stream.chunks, { ...options, offset: stream.offset });
  }
  return { items: (options) => cleared(items(options), progress), offset: 0, close };
}

/**
 * What is compressed in a pipe or follows libvirt's header there, each of the two once: decompressors
 * within each other would need the memory of all.
 */
async function unwrapPipe(
  pipe: Pipe,
  offset: number | undefined,
  io: Io,
  before: { readonly compressed?: boolean; readonly libvirt?: boolean } = {},
): Promise<Pipe> {
  const { file } = pipe;
  const { head, all } = await withHead(pipe.chunks, WRAPPING_HEAD);
  const wrapping = detectWrapping(head);
  if (isCompressed(wrapping)) {
    if (before.compressed) throw new NotAStream(`${file}: compressed twice; decompress it first`);
    const place = { file, offset: pipe.offset };
    const chunks = isToolCompression(wrapping)
      ? runDecompressor(wrapping, all, place)
      : decompress(all);
    return unwrapPipe({ file, chunks, offset: 0 }, offset, io, { ...before, compressed: true });
  }
  if (wrapping === "libvirt" && offset === undefined && !before.libvirt) {
    const stream = await afterLibvirtHeader(file, all, io);
    return unwrapPipe(stream, offset, io, { ...before, libvirt: true });
  }
  return { ...pipe, chunks: all };
}

async function afterLibvirtHeader(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  io: Io,
): Promise<Pipe> {
  const { head, all } = await withHead(chunks, LIBVIRT_FIXED_SIZE);
  const { streamOffset, complete } = readLibvirtFixedPart(head);
  if (!complete) io.err(incomplete(file));
  const rest = await skipped(all, streamOffset);
  if (rest.offset < streamOffset) {
    throw new NotAStream(`${file}: libvirt's header is cut short`);
  }
  return { file, chunks: rest.chunks, offset: streamOffset };
}

/** A pipe from a stream's header on: at `offset`, else after the zeros that it begins with. */
async function fromHeader(pipe: Pipe, offset: number | undefined): Promise<Pipe> {
  const rest = await skipped(pipe.chunks, offset);
  const { head, all } = await withHead(rest.chunks, WRAPPING_HEAD);
  const wrapping = detectWrapping(head);
  if (wrapping === "qcow2") {
    throw new NotAStream(
      `${pipe.file}: a qcow2 image can only be read from a file: write it to one`,
    );
  }
  const at = pipe.offset + rest.offset;
  if (wrapping !== "stream") throw noStream(pipe.file, head, at);
  return { ...pipe, chunks: all, offset: at };
}

/** What follows so many bytes, or by default the zeros at the start. */
async function skipped(chunks: AsyncIterable<Uint8Array>, length: number | undefined) {
  const iterator = chunks[Symbol.asyncIterator]();
  let offset = 0;
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
    const skip = length === undefined ? countZeros(step.value) : length - offset;
    offset += Math.min(skip, step.value.length);
    const enough = length === undefined && offset >= MOST_ZEROS;
    if (skip < step.value.length || enough) {
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
  if (offset >= MOST_ZEROS && countZeros(head) === head.length) {
    return new NotAStream(
      `${file}: only zeros up to 0x${offset.toString(16)}, not a migration stream`,
    );
  }
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
