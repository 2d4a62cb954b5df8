import { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { DescribedDevices } from "./described-section.js";
import { findVmDescription } from "./find-vm-description.js";
import { HeldBytes } from "./held-bytes.js";
import { bytesAsRandomAccess } from "./random-access.js";
import { isSection, type SectionItem, type StreamItem } from "./stream-item.js";
import { StreamReader } from "./stream-reader.js";
import type { StreamReaderOptions } from "./stream-reader-options.js";
import type { VmDescription } from "./vm-description.js";
import { vmStateSize, walkVmState } from "./vmstate-by-description.js";

/** Bytes from the first device on that are held for the description, which ends each stream. */
const MAX_HELD = 64 * 1024 * 1024;

/**
 * The items of a stream that comes as it comes: from a pipe, a socket, a decompressor.
 *
 * Items are given as they are read, up to the first device's section. From there on they are held
 * until the VMDESCRIPTION has come, and then given as it describes them. Where none comes, they are
 * given with their ends as the footers tell. Throws `DecodeError` behind the last whole item.
 */
export async function* readPipe(
  chunks: AsyncIterable<Uint8Array>,
  options: StreamReaderOptions = {},
): AsyncGenerator<StreamItem, void, void> {
  const pipe = new PipeReader(options);
  for await (const chunk of chunks) {
    pipe.append(chunk);
    yield* pipe.certain();
  }
  yield* pipe.rest();
}

class PipeReader {
  readonly #options: StreamReaderOptions;
  readonly #reader: StreamReader;
  /** Items from the first device's section on, and the bytes from there on. */
  #held: StreamItem[] = [];
  readonly #bytes: HeldBytes;
  #failure: DecodeError | undefined;

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    this.#bytes = new HeldBytes(options.offset ?? 0, MAX_HELD);
    this.#reader = new StreamReader({
      ...options,
      observer: {
        ...options.observer,
        item: (type, offset) => {
          this.#bytes.release(offset);
          options.observer?.item?.(type, offset);
        },
        section: (head) => {
          if (head.type === "section-full" && !options.description) this.#bytes.hold();
          options.observer?.section?.(head);
        },
      },
    });
  }

  append(chunk: Uint8Array): void {
    this.#bytes.append(chunk);
    if (!this.#failure) this.#reader.append(chunk);
  }

  /** The items that no description can change. */
  *certain(): Generator<StreamItem, void, void> {
    for (let item = this.#next(); item; item = this.#next()) {
      if (this.#bytes.holding && !this.#isOfPostcopy(item)) this.#held.push(item);
      else {
        yield* this.#takeHeld();
        yield item;
      }
    }
    if (!this.#failure || this.#bytes.holding) return;
    yield* this.#takeHeld();
    throw this.#failure;
  }

  /** The rest, once all was fed. */
  async *rest(): AsyncGenerator<StreamItem, void, void> {
    if (!this.#failure) this.#reader.end();
    yield* this.certain();
    const description = await this.#description();
    const devices = new DescribedDevices(description);
    if (!description) yield* this.#takeHeld();
    else if (!this.#failure && this.#held.every((item) => this.#isAsDescribed(item, devices))) {
      for (const item of this.#takeHeld()) yield described(item, devices);
    } else {
      yield* this.#readAgain(description);
      return;
    }
    if (this.#failure) throw this.#failure;
  }

  #next(): StreamItem | undefined {
    if (this.#failure) return undefined;
    try {
      return this.#reader.next();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#failure = error;
      return undefined;
    }
  }

  /** After postcopy no description comes, and no end of pages. */
  #isOfPostcopy(item: StreamItem): boolean {
    if (item.depth > 0) this.#bytes.letGo();
    return item.depth > 0;
  }

  #takeHeld(): StreamItem[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }

  async #description(): Promise<VmDescription | undefined> {
    const last = this.#held.at(-1);
    if (last?.type === "vm-description") return last.description;
    if (!this.#failure || !this.#bytes.holding) return undefined;
    return findVmDescription(bytesAsRandomAccess(this.#bytes.all()));
  }

  #isAsDescribed(item: StreamItem, devices: DescribedDevices): boolean {
    const device = deviceOf(item, devices);
    if (!device || !isSection(item)) return true;
    if (vmStateSize(device) !== item.dataSize) return false;
    const data = this.#bytes.slice(item.dataOffset, item.dataSize);
    try {
      walkVmState(new ByteWindow("big", data, item.dataOffset), device);
      return true;
    } catch {
      return false;
    }
  }

  /** The held bytes anew, now that their description is known. */
  *#readAgain(description: VmDescription): Generator<StreamItem, void, void> {
    const { begin: offset } = this.#bytes;
    const { observer: _, ...options } = this.#options;
    const reader = new StreamReader({ ...options, description, offset, continued: true });
    reader.append(this.#bytes.all());
    reader.end();
    for (let item = reader.next(); item; item = reader.next()) yield item;
  }
}

function deviceOf(item: StreamItem, devices: DescribedDevices) {
  const isGuess = isSection(item) && item.type === "section-full" && item.end === "footer";
  return isGuess ? devices.find(item.idstr, item.instanceId) : undefined;
}

function described(item: StreamItem, devices: DescribedDevices): StreamItem {
  return deviceOf(item, devices) ? { ...(item as SectionItem), end: "described" } : item;
}
