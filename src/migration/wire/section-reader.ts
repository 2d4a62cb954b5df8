import type { ByteWindow } from "../../bytes/byte-window.js";
import { DecodeError } from "../../bytes/decode-error.js";
import { ready, type Steps, skip } from "../../bytes/steps.js";
import { ItemType } from "./constants.js";
import { DescribedDevices, readDescribedSection } from "./described-section.js";
import { FooterSearch } from "./footer-search.js";
import { itemHeadAt, LONGEST_HEAD } from "./item-head.js";
import { readKept } from "./kept-section.js";
import { knownDecoder } from "./known-section.js";
import type { RamFeatures } from "./ram-block-list.js";
import { RamSectionReader } from "./ram-section.js";
import { resumedSection } from "./resumed-stream.js";
import { readFooter, readFullHead, readPartHead } from "./section-head.js";
import { within } from "./section-window.js";
import type { SectionContent, SectionHead, SectionItem, SectionType } from "./stream-item.js";
import type { StreamReaderOptions } from "./stream-reader-options.js";

/** Where a section stands. */
export interface SectionPlace {
  /** Absolute offset of the type byte. */
  readonly offset: number;
  readonly depth: number;
  /** Absolute offset behind the package around, within PACKAGED. */
  readonly packageEnd: number | undefined;
}

/** Reads the sections of a stream: head, data in the way that serves, footer. */
export class SectionReader {
  readonly #options: StreamReaderOptions;
  readonly #described: DescribedDevices;
  readonly #ram: RamSectionReader;
  readonly #started = new Map<number, SectionHead>();
  readonly #search = new FooterSearch();
  /**
   * Whether sections have footers, as the first one shows: those of machine types before 2.4 have
   * none, nor without the property `send-section-footer`.
   */
  #footers: boolean | undefined;
  #resumed = false;

  constructor(options: StreamReaderOptions, features: RamFeatures) {
    this.#options = options;
    this.#described = new DescribedDevices(options.description);
    this.#ram = new RamSectionReader(features, options.ram, options.blocks);
  }

  /** Sections go on that began in a connection before this one. */
  resume(): void {
    this.#resumed = true;
  }

  /** Pages may come of a block that only the connection before told the length of. */
  resumeBlock(name: string): void {
    if (this.#resumed) this.#ram.know({ name, usedLength: Number.POSITIVE_INFINITY });
  }

  /** Reads a section behind its type byte. */
  *read(window: ByteWindow, type: SectionType, place: SectionPlace): Steps<never, SectionItem> {
    const head = yield* this.#readHead(window, type);
    this.#options.observer?.section?.(head);
    const name = `section ${head.sectionId} "${head.idstr}"`;
    return yield* within(name, this.#readBehindHead(window, head, place));
  }

  *#readBehindHead(
    window: ByteWindow,
    head: SectionHead,
    place: SectionPlace,
  ): Steps<never, SectionItem> {
    const content = yield* this.#readData(window, head, place);
    this.#options.observer?.sectionData?.(head);
    const dataSize = window.offset - head.dataOffset;
    const footer = yield* this.#readFooter(window, head.sectionId);
    const { offset, depth } = place;
    return { ...head, ...content, dataSize, footer, offset, depth, size: window.offset - offset };
  }

  *#readHead(window: ByteWindow, type: SectionType): Steps<never, SectionHead> {
    if (type === "section-part" || type === "section-end") {
      return yield* readPartHead(window, type, (id) => this.#startOf(id));
    }
    const head = yield* readFullHead(window, type);
    if (type === "section-start") this.#started.set(head.sectionId, head);
    return head;
  }

  #startOf(sectionId: number): Omit<SectionHead, "type" | "dataOffset"> | undefined {
    return this.#started.get(sectionId) ?? (this.#resumed ? resumedSection(sectionId) : undefined);
  }

  *#readData(
    window: ByteWindow,
    head: SectionHead,
    place: SectionPlace,
  ): Steps<never, SectionContent> {
    const decoder = this.#options.decoderOf?.(head);
    if (decoder) return yield* decoder(window, head);
    if (head.idstr === "ram") return yield* this.#ram.read(window, head);
    const known = knownDecoder(head);
    if (known) {
      return yield* this.#options.keepData ? readKept(window, head, known) : known(window, head);
    }
    const device = this.#described.find(head.idstr, head.instanceId);
    if (head.type === "section-full" && device) {
      const data = yield* readDescribedSection(window, device);
      return { end: "described", ...(this.#options.keepData && { data }) };
    }
    return yield* this.#readToFooter(window, head, place);
  }

  *#readToFooter(
    window: ByteWindow,
    head: SectionHead,
    { packageEnd }: SectionPlace,
  ): Steps<never, SectionContent> {
    if (this.#footers === false) {
      const reason = "nothing tells where it ends: it is not described, and there are no footers";
      throw new DecodeError(reason, window.offset);
    }
    const context = { started: this.#started, packageEnd };
    const length = yield* this.#search.find(window, head.sectionId, context);
    const data = this.#options.keepData ? window.peekBytes(length).slice() : undefined;
    yield* skip(window, length);
    return { end: "footer", ...(data && { data }) };
  }

  *#readFooter(window: ByteWindow, sectionId: number): Steps<never, boolean> {
    this.#footers ??= !(yield* this.#isItemNext(window));
    if (this.#footers) yield* readFooter(window, sectionId);
    return this.#footers;
  }

  /** Whether an item follows without a footer before it. */
  *#isItemNext(window: ByteWindow): Steps<never, boolean> {
    if (!(yield* ready(window, 1)) || window.peekU8() === ItemType.sectionFooter) return false;
    yield* ready(window, LONGEST_HEAD);
    const { kind } = itemHeadAt(window, 0, this.#started);
    return kind !== "none";
  }
}
