import { deflateSync } from "node:zlib";
import {
  encodeXbzrle,
  isSection,
  RamRecordWriter,
  type StreamItem,
  StreamReader,
  StreamWriter,
  writeConfiguration,
} from "../../src/migration/index.js";
import { fixture, readBytes } from "../support/recordings.js";
import type { Seed } from "./mutate-bytes.js";

/** Bytes of a page of the streams that are made here: small, so that many inputs fit in a second. */
const PAGE = 1024;

const ram = { sectionId: 1, idstr: "ram", instanceId: 0, version: 4 } as const;
const text = (value: string) => new TextEncoder().encode(value);

/** A page that is not all zeros. */
const page = Uint8Array.from({ length: PAGE }, (_, at) => at % 7);

/** A stream with its items' places. */
export function seedOf(bytes: Uint8Array): Seed {
  const marks = itemsOf(bytes).flatMap((item) =>
    isSection(item) ? [item.offset, item.dataOffset, item.offset + item.size] : [item.offset],
  );
  return { bytes, marks };
}

/** The items of a stream, up to where it is cut. */
function itemsOf(bytes: Uint8Array): StreamItem[] {
  const reader = new StreamReader();
  const items: StreamItem[] = [];
  reader.append(bytes);
  try {
    for (let item = reader.next(); item; item = reader.next()) items.push(item);
  } catch {
    // What was whole is what is wanted.
  }
  return items;
}

function begin(capabilities: readonly string[] = []): StreamWriter {
  const writer = new StreamWriter().header();
  const subsections = [
    "configuration/target-page-bits",
    ...(capabilities.length > 0 ? ["configuration/capabilities"] : []),
  ];
  const machine = "pc-q35-10.2";
  writeConfiguration(writer, { machine, subsections, capabilities, targetPageBits: 10 });
  return writer;
}

const blocks = [
  { name: "pc.ram", usedLength: 16 * PAGE },
  { name: "pc.bios", usedLength: 4 * PAGE },
];

/** START of `ram`, and a PART with a page in each form that there is. */
function precopy(writer: StreamWriter): StreamWriter {
  const records = new RamRecordWriter(writer);
  writer.sectionHead({ ...ram, type: "section-start" }).ramBlockList(blocks);
  records.endOfSection();
  writer.footer(1).sectionHead({ ...ram, type: "section-part" });
  records.page("pc.ram", 0, page);
  records.zero("pc.ram", PAGE);
  records.zero("pc.ram", 2 * PAGE, 7);
  const changed = page.slice();
  changed.fill(9, 100, 130);
  records.xbzrle("pc.ram", 0, encodeXbzrle(page, changed)!);
  records.compressed("pc.bios", 0, deflateSync(page));
  records.flush();
  records.endOfSection();
  return writer.footer(1);
}

function lastPart(writer: StreamWriter): StreamWriter {
  const records = new RamRecordWriter(writer);
  writer.sectionHead({ ...ram, type: "section-end" });
  records.page("pc.bios", PAGE, page);
  records.endOfSection();
  return writer.footer(1);
}

function device(writer: StreamWriter): StreamWriter {
  const head = { sectionId: 2, idstr: "timer", instanceId: 0, version: 2 } as const;
  return writer
    .sectionHead({ ...head, type: "section-full" })
    .bytes(new Uint8Array(24))
    .footer(2);
}

const precopySeed = device(
  lastPart(
    precopy(begin().command({ name: "OPEN_RETURN_PATH" }).command({ name: "PING", value: 1 })),
  ),
).eof();

function postcopyStream(): Uint8Array {
  const packed = device(
    new StreamWriter().command({ name: "POSTCOPY_LISTEN" }).command({ name: "PING", value: 3 }),
  )
    .command({ name: "POSTCOPY_RUN" })
    .take();
  const advise = { name: "POSTCOPY_ADVISE", pageSizeSummary: 4096, targetPageSize: PAGE } as const;
  const writer = precopy(begin().command(advise));
  const ranges = [{ start: 0, length: 2 * PAGE }];
  writer.command({ name: "POSTCOPY_RAM_DISCARD", block: "pc.ram", ranges });
  writer.command({ name: "PACKAGED", length: packed.length }).bytes(packed);
  return lastPart(writer).eof().take();
}

/** A block list with its headers, bitmaps and pages, as mapped-ram lays them out. */
function mappedStream(): Uint8Array {
  const writer = begin(["mapped-ram"]);
  writer.sectionHead({ ...ram, type: "section-start" }).u64(20 * PAGE + 4);
  for (const { name, usedLength } of blocks) {
    writer.u8(name.length).bytes(text(name)).u64(usedLength);
    const bitmapOffset = writer.length + 28;
    const pagesOffset = Math.ceil((bitmapOffset + 8) / PAGE) * PAGE;
    writer.u32(1).u64(PAGE).u64(bitmapOffset).u64(pagesOffset);
    writer.bytes(Uint8Array.of(0b1011, 0, 0, 0, 0, 0, 0, 0));
    writer.bytes(new Uint8Array(pagesOffset - writer.length));
    const pages = usedLength / PAGE;
    for (let at = 0; at < pages; at += 1) writer.bytes(at === 2 ? new Uint8Array(PAGE) : page);
  }
  writer.u64(0x10).footer(1);
  return device(
    writer
      .sectionHead({ ...ram, type: "section-end" })
      .u64(0x10)
      .footer(1),
  )
    .eof()
    .take();
}

/** Of a real stream the sections that are named, two of a kind, and their descriptions. */
function sectionsOf(file: string, named: RegExp): Uint8Array {
  const bytes = readBytes(fixture("streams", file));
  const writer = new StreamWriter().header();
  const isWanted = ({ name, instanceId }: { name: string; instanceId: number }) =>
    named.test(name) && instanceId < 2;
  for (const item of itemsOf(bytes)) {
    if (item.type === "vm-description") {
      const { devices, ...rest } = item.description;
      writer.vmDescription({ ...rest, devices: devices.filter(isWanted) });
    } else if (!isSection(item) || isWanted({ ...item, name: item.idstr })) {
      writer.bytes(bytes.subarray(item.offset, item.offset + item.size));
    }
  }
  return writer.take();
}

/** A list, storage keys and attributes; a tree; a timer, arrays, structs in structs. */
const described: readonly Seed[] = [
  sectionsOf("s390.bin.gz", /skeys|flic|PCIBUS|s390_css|event-facility|timer/),
  sectionsOf("versal-tree-cut.bin.gz", /^xlnx-cframe-reg|sd-card|globalstate/),
  sectionsOf("stm32vldiscovery.bin.gz", /timer|cpu_common|systick|stm32f2xx|globalstate/),
].map(seedOf);

const htab = seedOf(readBytes(fixture("streams", "pseries-htab-cut.bin.gz")));

/** Small streams of each kind. */
export const streamSeeds = {
  precopy: seedOf(precopySeed.take()),
  postcopy: seedOf(postcopyStream()),
  mapped: seedOf(mappedStream()),
  resumed: { bytes: readBytes(fixture("postcopy-resumed", "resumed.bin.gz")).slice(0, 6000) },
  whole: seedOf(readBytes(fixture("streams", "stm32vldiscovery.bin.gz"))),
  htab,
  described,
} as const;
