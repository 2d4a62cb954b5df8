/** Counting records in a run: it ends where a record is not as declared, whatever is wrong with it. */

import { expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { encodeUtf8 } from "../../../src/bytes/utf8.js";
import { EventTable } from "../../../src/model/event-table.js";
import { ChunkBuffer } from "../../../src/traces/simpletrace/chunk-buffer.js";
import { countRun } from "../../../src/traces/simpletrace/count-run.js";
import { EventBindings } from "../../../src/traces/simpletrace/event-bindings.js";
import { modelsOf } from "../../runtime/trace-events-of.js";
import { pick, type Random, seededRandom } from "../../support/random.js";

const events = new EventTable(modelsOf("ping(void)\nword(int n)\npage(const char *id)\n"));
const names = ["ping", "word", "page", "other"];

function bindings(): EventBindings {
  const bindings = new EventBindings(events);
  for (const [id, name] of names.entries()) {
    const bytes = encodeUtf8(name);
    bindings.bind(0, id, bytes, 0, bytes.length);
    bindings.resolve(bindings.get(0, id)!, 0, id);
  }
  return bindings;
}

interface Parts {
  readonly type?: bigint;
  readonly id?: bigint;
  readonly time?: bigint;
  readonly length?: number;
  readonly payload?: Uint8Array;
}

function record({ type = 1n, id = 0n, time = 5n, payload = new Uint8Array(0), length }: Parts) {
  const writer = new ByteWriter("little").u64(type).u64(id).u64(time);
  return writer
    .u32(length ?? 24 + payload.length)
    .u32(7)
    .bytes(payload)
    .take();
}

const text = (stated: number, bytes: number) =>
  new ByteWriter("little").u32(stated).bytes(new Uint8Array(bytes)).take();

/** Records that end a run. */
const odd: Readonly<Record<string, Parts>> = {
  "another type": { type: 2n },
  "no type": { type: 0n },
  "a type with an upper half": { type: 2n ** 32n + 1n },
  "an id with an upper half": { id: 2n ** 32n },
  "an id above all": { id: 1024n },
  "an id that is negative as 32 bits": { id: 2n ** 31n },
  "an id without a name": { id: 4n },
  "an undeclared name": { id: 3n },
  "a length below that of a head": { length: 23 },
  "a length of the mark for strings": { id: 2n, length: 2 ** 32 - 1, payload: text(0, 0) },
  "a length of the mark for what is not declared": { id: 3n, length: 2 ** 32 - 2 },
  "no length": { id: 4n, length: 0 },
  "a word too many": { payload: new Uint8Array(8) },
  "a word too few": { id: 1n },
  "a string that is too long": { id: 2n, payload: text(6, 5) },
  "a string that is too short": { id: 2n, payload: text(4, 5) },
};

function randomRecord(random: Random): { readonly id: number; readonly parts: Parts } {
  const id = random(3);
  const length = random(40);
  const payload = [new Uint8Array(0), new Uint8Array(8), text(length, length)][id]!;
  const time = pick(random, [0n, 5n, 6n, 2n ** 33n, 2n ** 62n + BigInt(random(3))]);
  return { id, parts: { id: BigInt(id), payload, time } };
}

/** Counts a run of random records, and then of what follows. */
function run(random: Random, after: Uint8Array) {
  const good = Array.from({ length: random(6) }, () => randomRecord(random));
  const bytes = Buffer.concat([
    new Uint8Array(3),
    ...good.map(({ parts }) => record(parts)),
    after,
  ]);
  const buffer = new ChunkBuffer();
  buffer.append(bytes);
  buffer.at = 3;
  const into = bindings();
  const scratch = new DataView(new ArrayBuffer(8));
  scratch.setBigInt64(0, 5n);
  const { stepsBack, last } = countRun(buffer, into, scratch.getFloat64(0));
  scratch.setFloat64(0, last);
  const times = [5n, ...good.map(({ parts }) => parts.time!)];
  const counts = names.map((_, id) => good.filter((one) => one.id === id).length);
  return {
    found: [buffer.at, [...into.counts.subarray(0, 4)], stepsBack, scratch.getBigInt64(0)],
    expected: [
      bytes.length - after.length,
      counts,
      times.filter((time, index) => time < (times[index - 1] ?? 0n)).length,
      times.at(-1),
    ],
    bytes,
  };
}

test.each(Object.entries(odd))("a run ends before a record with %s", (_, parts) => {
  const random = seededRandom(71);
  for (let count = 0; count < 20; count++) {
    const more = record({});
    const { found, expected } = run(random, Buffer.concat([record(parts), more]));
    expect(found).toEqual(expected);
  }
});

test("a run goes to the end, and ends before what is not complete", () => {
  const random = seededRandom(72);
  for (let count = 0; count < 100; count++) {
    const whole = run(random, new Uint8Array(0));
    expect(whole.found).toEqual(whole.expected);
    const next = record(randomRecord(random).parts);
    const cut = run(random, next.subarray(0, 1 + random(next.length - 1)));
    expect(cut.found).toEqual(cut.expected);
  }
});
