import { gzipSync } from "node:zlib";
import { buildModel, EventTable, parse } from "../../../src/index.js";
import {
  AnyTraceReader,
  JsonPrinter,
  openTrace,
  type RecordPrinter,
  recordJson,
  renderSimpletrace,
  renderText,
  SimpletracePrinter,
  SimpletraceReader,
  StatisticsCounter,
  TextPrinter,
  type TraceReader,
  traceFormats,
} from "../../../src/traces/index.js";
import { pick, type Random } from "../../support/random.js";
import { fixture, readBytes } from "../../support/recordings.js";
import { TraceMaker } from "../../traces/make-trace.js";
import { inChunks } from "../chunks.js";
import { decodeErrorOfAsync, type FuzzInput, type FuzzReader, verdictOf } from "../fuzz-reader.js";
import { mutateBytes, type Seed } from "../mutate-bytes.js";
import {
  expectSame,
  type PushReader,
  type Reading,
  readAll,
  readBothWays,
} from "../read-in-chunks.js";

/** Every kind of argument, and events that the logs of the fixtures have. */
const events = new EventTable(
  buildModel(
    parse(`ping_sent(void) "ping"
ram_page(const char *id, int n) "%s at %d"
all_kinds(int8_t a, uint8_t b, bool c, void *d, uint64_t e, const char *f) "%d %u %d %p %" PRIu64 " %s"
two_texts(const char *a, const char *b, unsigned long c) "%s/%s -> 0x%016lx"
savevm_section_start(const char *id, unsigned int section_id) "%s, section_id %u"
savevm_section_end(const char *id, unsigned int section_id, int ret) "%s, section_id %u -> %d"
savevm_send_ping(uint32_t val) "0x%x"
savevm_state_iterate(void) ""
migrate_set_state(const char *new_state) "new state %s"
vmstate_downtime_save(const char *type, const char *idstr, uint32_t instance_id, int64_t downtime) "type=%s idstr=%s instance_id=%d downtime=%"PRIi64
`),
    { group: "fuzz" },
  ),
);
const NAMES = ["ping_sent", "ram_page", "all_kinds", "two_texts"];
const DROPPED = 0xffff_ffff_ffff_fffen;

function simpletraceSeed(version: number, order: "little" | "big", header: boolean): Seed {
  const maker = new TraceMaker(order, version);
  const marks: number[] = [];
  const parts: Uint8Array[] = [];
  let length = 0;
  const end = (_: TraceMaker) => {
    const part = maker.take();
    parts.push(part);
    length += part.length;
    marks.push(length);
  };
  if (header) end(maker.header());
  for (const [id, name] of NAMES.entries()) if (version === 4) end(maker.mapping(id, name));
  if (version === 0) {
    for (const id of [0, 1, 2, 0]) end(maker.words(id, 1000 + id, 7, 1, 2, 3));
    end(maker.words(DROPPED, 2000, 7));
  } else {
    end(maker.record(0, 1000, 42));
    end(maker.record(1, 2000, 42, "pc.ram", -1));
    end(maker.record(2, 1500, 43, -1, 255, 1, 0x7fff_0000n, 2n ** 64n - 1n, "é"));
    end(maker.record(DROPPED, 2500, 0, 12));
    end(maker.record(3, 3000, 42, "a", "", 1n << 63n));
    for (let more = 0; more < 8; more += 1) end(maker.record(0, 4000 + more, 42));
  }
  return { bytes: new Uint8Array(Buffer.concat(parts)), marks };
}

const orders = ["little", "big"] as const;
const simpletraces: readonly Seed[] = [
  ...[0, 2, 3, 4].flatMap((version) =>
    orders.flatMap((order) =>
      [true, false].map((header) => simpletraceSeed(version, order, header)),
    ),
  ),
  { bytes: readBytes(fixture("microvm-file", "source.simpletrace")).slice(0, 3000) },
];

/** The forms of logs that there are, with lines that no event printed. */
const LOG_LINES = [
  "ram_page pc.ram at 5",
  "4711@1795404367.671876:ram_page pc.ram at 5",
  "2026-11-23T03:26:07.671876Z ram_page pc.ram at 5",
  " qemu-system-x86-4711  [001] .....  123.456789: tracing_mark_write: ram_page pc.ram at 5",
  "Nov 23 03:26:07 host qemu[4711]: ram_page pc.ram at 5",
  "2026-11-23T03:26:07.671876+01:00 host qemu[4711]: ram_page pc.ram at 5",
  "4711@1795404367671876000 ram_page pc.ram at 5",
  "2026-11-23T03:26:07.671876Z qemu-system-x86_64: (4711:main): ram_page pc.ram at 5",
];

const logs: readonly Seed[] = [
  ...LOG_LINES.map((line): Seed => {
    const lines = [
      line,
      line.replace("ram_page pc.ram at 5", "two_texts a/b -> 0x0000000000000010"),
      line.replace("ram_page pc.ram at 5", "savevm_section_end ram, section_id 2 -> 0"),
      "qemu-system-x86_64: warning: a guest's console",
      line.replace("ram_page pc.ram at 5", "ping_sent ping"),
    ];
    return { bytes: Buffer.from(lines.map((text) => `${text}\n`).join("")) };
  }),
  { bytes: linesOf(fixture("small-set-precopy", "source.log")) },
  { bytes: linesOf(fixture("other-versions", "qemu-5.2", "source.log.gz")) },
];

/** The lines of the first 2,000 bytes. */
function linesOf(file: string): Uint8Array {
  const head = readBytes(file).subarray(0, 2000);
  return head.slice(0, head.lastIndexOf(0x0a) + 1);
}

export const simpletraceFuzzer = traceFuzzer("simpletrace", simpletraces);
export const logFuzzer = traceFuzzer("logs", logs);

function traceFuzzer(name: string, seeds: readonly Seed[]): FuzzReader {
  return {
    name,
    make: (random) => ({ trace: mutateBytes(random, pick(random, seeds), seeds) }),
    read({ trace }: FuzzInput, random: Random) {
      const detecting = new AnyTraceReader(events);
      const { error } = readAll(detecting, [trace!]);
      readAll(new AnyTraceReader(events), inChunks(random, trace!));
      // Lines that come early may tell another format than all of them: chunks are compared for one
      // format. Where content does not tell it, a user may do so by --format.
      const { format = pick(random, traceFormats) } = detecting;
      readTrace(random, trace!, () => format.reader(events));
      readTrace(random, trace!, () => new SimpletraceReader(events));
      print(() => new AnyTraceReader(events), trace!);
      return verdictOf(error);
    },
  };
}

/** The records as text and as JSON, which makes use of all of their values. */
function readTrace(random: Random, bytes: Uint8Array, open: () => TraceReader): Reading<string> {
  return readBothWays(random, bytes, () => {
    const trace = open();
    const reader: PushReader<string> = {
      append: (chunk) => trace.append(chunk),
      end: () => trace.end(),
      next() {
        const record = trace.next();
        return record && `${renderText(record)} ${JSON.stringify(recordJson(record))}`;
      },
      get done() {
        return trace.done;
      },
    };
    return { reader, seen: () => trace.damage.counts };
  });
}

/** Printers take short cuts for cursors, and must print what the plain functions give. */
function print(open: () => TraceReader, bytes: Uint8Array): void {
  const reader = open();
  const statistics = new StatisticsCounter();
  const printers: readonly RecordPrinter[] = [new TextPrinter(), new JsonPrinter()];
  const simple = new SimpletracePrinter();
  const expected = ["", "", ""];
  let before: bigint | undefined;
  try {
    reader.append(bytes);
    reader.end();
    while (reader.advance()) {
      const record = reader.record();
      statistics.count(reader);
      for (const printer of printers) printer.print(reader);
      simple.print(reader);
      expected[0] += `${renderText(record)}\n`;
      expected[1] += `${JSON.stringify(recordJson(record))}\n`;
      const line = renderSimpletrace(record, before ?? record.timestamp);
      if (line !== undefined) expected[2] += `${line}\n`;
      if (record.type === "event" || record.type === "dropped") before = record.timestamp;
    }
  } catch {
    // That only DecodeErrors are thrown was seen before.
  }
  statistics.statistics();
  for (const [index, printer] of [...printers, simple].entries()) {
    expectSame(`output of printer ${index}`, expected[index], String(Buffer.from(printer.take())));
  }
}

/** Made by `zstd`: with a checksum and without, in one frame and in two. */
const zstdSeeds = ["checked", "unchecked", "two-frames"].map(
  (name): Seed => ({ bytes: new Uint8Array(readBytes(fixture("fuzz", `${name}.zst`))) }),
);
const plain = logs.at(-2)!.bytes;
const compressed: readonly Seed[] = [
  ...zstdSeeds,
  ...[0, 6, 9].map((level): Seed => ({ bytes: new Uint8Array(gzipSync(plain, { level })) })),
  {
    bytes: new Uint8Array(
      Buffer.concat([gzipSync(plain.subarray(0, 700)), gzipSync(plain.subarray(700))]),
    ),
  },
  { bytes: new Uint8Array(gzipSync(new Uint8Array(1 << 17))) },
];

/** Traces in gzip and zstd. Not compared in chunks: how much comes before an error depends on them. */
export const compressedFuzzer: FuzzReader = {
  name: "compressed",
  make: (random) => ({ trace: mutateBytes(random, pick(random, compressed), compressed) }),
  async read({ trace }, random) {
    const read = async (chunks: Iterable<Uint8Array>) => {
      const lines: string[] = [];
      const opened = openTrace(chunks, events);
      const error = await decodeErrorOfAsync(async () => {
        for await (const record of opened) lines.push(renderText(record));
      });
      return { lines, error };
    };
    const whole = await read([trace!]);
    const parts = await read(inChunks(random, trace!));
    if (!whole.error || !parts.error) {
      expectSame("end", whole.error?.message, parts.error?.message);
      expectSame("lines", whole.lines, parts.lines);
    }
    return verdictOf(whole.error);
  },
};
