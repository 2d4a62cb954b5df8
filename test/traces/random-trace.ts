import { EventTable } from "../../src/model/event-table.js";
import { SimpleSink } from "../../src/runtime/simple-sink.js";
import { randomValues } from "../runtime/random-values.js";
import { modelsOf, traceEventsOf } from "../runtime/trace-events-of.js";
import { pick, seededRandom } from "../support/random.js";

/** A trace of 3,000 records of 600 events, of the types and formats that are common in QEMU. */
export function randomTrace(seed: number): { bytes: Uint8Array; events: EventTable } {
  const random = seededRandom(seed);
  const types = [
    ..."int8_t uint8_t int16_t uint16_t int32_t uint32_t int64_t uint64_t bool char".split(" "),
    ..."long|unsigned long|void *|const char *".split("|"),
  ];
  const formats =
    "%d %u %x %04x %08x %016x %ld %lu %lx %016lx %020lx %hhx %hx %p %s %c %5d %o".split(" ");
  const text = Array.from({ length: 600 }, (_, index) => {
    const [one, two] = [pick(random, types), pick(random, types)];
    return `e${index}(${one} a, ${two} b) "a=${pick(random, formats)} ${pick(random, formats)}"\n`;
  }).join("");
  const models = modelsOf(text);
  const events = traceEventsOf(models);
  const chunks: Uint8Array[] = [];
  let time = 0n;
  const clock = () => {
    time += pick(random, [0n, 1n, 999n, 1_000_000n, -5n, 1n << 40n]);
    return time < 0n ? 0n : time;
  };
  const sink = new SimpleSink({
    write: (bytes) => chunks.push(bytes),
    clock,
    pid: random(1 << 30),
  });
  for (const event of events) sink.define(event);
  for (const [index, model] of models.entries())
    for (let count = 0; count < 5; count++) sink.write(events[index]!, randomValues(random, model));
  sink.flush();
  return { bytes: Buffer.concat(chunks), events: new EventTable(models) };
}
