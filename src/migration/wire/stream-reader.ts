import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { FedReader } from "../../bytes/fed-reader.js";
import { more, need, ready, type Steps } from "../../bytes/steps.js";
import { readCommand } from "./command.js";
import { readConfiguration } from "./configuration.js";
import { DEFAULT_PAGE_SIZE, ItemType } from "./constants.js";
import type { RamFeatures } from "./ram-block-list.js";
import { isResumedStream, RESUMED_HEAD } from "./resumed-stream.js";
import { SectionReader } from "./section-reader.js";
import { readStreamHeader } from "./stream-header.js";
import type {
  Command,
  CommandItem,
  ConfigurationItem,
  SectionType,
  StreamItem,
} from "./stream-item.js";
import type { StreamReaderOptions } from "./stream-reader-options.js";
import { readVmDescription } from "./vm-description-item.js";

/**
 * Reads a migration stream of version 3: fed with its bytes, it answers with its items.
 *
 * Pages are passed over, or handed to `options.ram`; what is held is a vmstate section at most.
 * A connection by which a paused postcopy goes on is read, too: it has no header (`RECV_BITMAP`).
 * An item is given once it is whole. Throws `DecodeError`, after which nothing more comes.
 */
export class StreamReader extends FedReader<StreamItem> {
  constructor(options: StreamReaderOptions = {}) {
    super("big", (window) => new ItemDecoder(window, options).stream(), options.offset);
  }
}

const SECTION_TYPES: Readonly<Record<number, SectionType>> = {
  [ItemType.sectionStart]: "section-start",
  [ItemType.sectionPart]: "section-part",
  [ItemType.sectionEnd]: "section-end",
  [ItemType.sectionFull]: "section-full",
};

/** Sizes that a page may have: powers of two, larger than the flags of a record. */
const PAGE_SIZES = new Set(Array.from({ length: 15 }, (_, bits) => 1024 << bits));

/** The state of reading one stream. */
class ItemDecoder {
  readonly #window: ByteWindow;
  readonly #options: StreamReaderOptions;
  readonly #features: RamFeatures;
  readonly #sections: SectionReader;

  constructor(window: ByteWindow, options: StreamReaderOptions) {
    this.#window = window;
    this.#options = options;
    const pageSize = options.pageSize ?? options.description?.pageSize;
    this.#features = {
      pageSize: pageSize ?? DEFAULT_PAGE_SIZE,
      pageSizeKnown: pageSize !== undefined,
      mappedRam: false,
      ignoreShared: false,
      postcopy: false,
    };
    this.#sections = new SectionReader(options, this.#features);
  }

  *stream(): Steps<StreamItem> {
    if (!this.#options.continued) yield* this.#begin();
    for (let item = yield* this.#item(); ; item = yield* this.#item()) {
      yield item;
      if (item.type === "eof") break;
      if (item.type === "command" && item.command.name === "PACKAGED") {
        yield* this.#package(item.command.length);
      }
    }
    yield* this.#behindEof();
  }

  *#begin(): Steps<StreamItem> {
    const window = this.#window;
    yield* ready(window, RESUMED_HEAD);
    if (isResumedStream(window.peekBytes(Math.min(window.available, RESUMED_HEAD)))) {
      return this.#sections.resume();
    }
    yield* readStreamHeader(window);
    this.#options.observer?.header?.();
    yield* need(window, 1);
    if (window.peekU8() === ItemType.configuration) yield yield* this.#configuration();
  }

  /** The items of a package, which may end only where one of them does. */
  *#package(length: number): Steps<StreamItem> {
    const end = this.#window.offset + length;
    while (this.#window.offset < end) {
      const item = yield* this.#item(end);
      if (item.type === "eof") throw new DecodeError("EOF within a package", item.offset);
      if (item.offset + item.size > end) {
        throw new DecodeError(`a package of ${length} bytes ends within an item`, item.offset);
      }
      yield item;
    }
  }

  *#behindEof(): Steps<StreamItem> {
    const window = this.#window;
    const offset = window.offset;
    if (!(yield* more(window))) return;
    if (window.peekU8() === ItemType.vmDescription) {
      this.#takeType();
      const read = yield* readVmDescription(window);
      yield { type: "vm-description", offset, size: window.offset - offset, depth: 0, ...read };
    }
    if (yield* more(window)) throw new DecodeError("bytes behind the end", window.offset);
  }

  *#item(packageEnd?: number): Steps<never, StreamItem> {
    const window = this.#window;
    yield* need(window, 1);
    const place = { offset: window.offset, depth: packageEnd === undefined ? 0 : 1, packageEnd };
    const type = this.#takeType();
    const section = SECTION_TYPES[type];
    if (section) return yield* this.#sections.read(window, section, place);
    if (type === ItemType.command) return yield* this.#command(place.offset, place.depth);
    if (type === ItemType.eof) return { type: "eof", offset: place.offset, size: 1, depth: 0 };
    throw new DecodeError(`unknown item type 0x${type.toString(16)}`, place.offset);
  }

  *#configuration(): Steps<never, ConfigurationItem> {
    const window = this.#window;
    const offset = window.offset;
    this.#takeType();
    const configuration = yield* readConfiguration(window);
    const { targetPageBits, capabilities } = configuration;
    if (targetPageBits) this.#notePageSize(2 ** targetPageBits);
    this.#features.mappedRam = capabilities.includes("mapped-ram");
    this.#features.ignoreShared = capabilities.includes("x-ignore-shared");
    return {
      type: "configuration",
      offset,
      size: window.offset - offset,
      depth: 0,
      ...configuration,
    };
  }

  *#command(offset: number, depth: number): Steps<never, CommandItem> {
    const window = this.#window;
    const { observer } = this.#options;
    const raw = yield* readCommand(window, (name, length) => observer?.command?.(name, length));
    this.#note(raw.command, offset, depth);
    return { type: "command", offset, size: window.offset - offset, depth, ...raw };
  }

  #note(command: Command, offset: number, depth: number): void {
    if (command.name === "POSTCOPY_ADVISE") {
      this.#features.postcopy = true;
      if (command.targetPageSize) this.#notePageSize(command.targetPageSize);
    }
    if (command.name === "RECV_BITMAP") this.#sections.resumeBlock(command.block);
    if (command.name === "PACKAGED" && depth > 0) {
      throw new DecodeError("PACKAGED within PACKAGED", offset);
    }
  }

  /** What the caller or the description says is as good, and was there first. */
  #notePageSize(bytes: number): void {
    if (this.#features.pageSizeKnown || !PAGE_SIZES.has(bytes)) return;
    this.#features.pageSize = bytes;
    this.#features.pageSizeKnown = true;
  }

  #takeType(): number {
    const { offset } = this.#window;
    const type = this.#window.u8();
    this.#options.observer?.item?.(type, offset);
    return type;
  }
}
