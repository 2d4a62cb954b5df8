import { describe, expect, test } from "vitest";
import { LogSink, type LogSinkOptions, type LogTimestamps } from "../../src/runtime/log-sink.js";
import { modelsOf, traceEventsOf } from "./trace-events-of.js";

const [event, empty, bare] = traceEventsOf(
  modelsOf(
    'ram_page(const char *id, uint64_t at) "%s at 0x%" PRIx64\nempty(void) ""\nbare(int a)\n',
  ),
);

function lines(options: Partial<LogSinkOptions>, write: (sink: LogSink) => void): string {
  let text = "";
  const sink = new LogSink({ write: (more) => (text += more), ...options });
  write(sink);
  sink.flush();
  return text;
}

describe("a line", () => {
  const plain = (write: (sink: LogSink) => void) => lines({ timestamps: "none" }, write);

  test("is the event's name, a blank, and its format filled in", () => {
    expect(plain((sink) => sink.write(event!, ["pc.ram", 0x1000n]))).toBe(
      "ram_page pc.ram at 0x1000\n",
    );
  });

  test("of an empty format, or none, ends in the blank", () => {
    expect(plain((sink) => sink.write(empty!, []))).toBe("empty \n");
    expect(plain((sink) => sink.write(bare!, [5]))).toBe("bare \n");
  });

  test("of a null string has what glibc prints", () => {
    expect(plain((sink) => sink.write(event!, [null, 0]))).toBe("ram_page (null) at 0x0\n");
  });
});

describe("a timestamp", () => {
  const at = (timestamps: LogTimestamps, time: bigint) =>
    lines({ timestamps, clock: () => time, tid: 4711 }, (sink) => sink.write(empty!, []));

  test.each([
    ["2026-11-23T03:26:07.671876Z", 1795404367671876000n],
    ["2026-11-23T03:26:07.000001Z", 1795404367000001999n],
    ["2026-11-23T03:26:07.999999Z", 1795404367999999999n],
    ["2026-11-23T03:26:07Z", 1795404367000000000n],
    ["2026-11-23T03:26:07Z", 1795404367000000999n],
    ["1970-01-01T00:00:00Z", 0n],
  ])("of QEMU 10.2 is %s", (written, time) => {
    expect(at("iso", time)).toBe(`${written} empty \n`);
  });

  test.each([
    ["1795404367.671876", 1795404367671876000n],
    ["1795404367.000001", 1795404367000001999n],
    ["1795404367.000000", 1795404367000000000n],
    ["0.000000", 0n],
  ])("of QEMU up to 10.1 is TID@%s", (written, time) => {
    expect(at("thread", time)).toBe(`4711@${written}:empty \n`);
  });

  test("may be absent", () => {
    expect(at("none", 1n)).toBe("empty \n");
  });

  test("is of QEMU 10.2's form unless told, by the wall clock", () => {
    const before = Date.now();
    const text = lines({}, (sink) => sink.write(empty!, []));
    const time = /^(\S+Z) empty \n$/.exec(text)?.[1];
    expect(Date.parse(time!)).toBeGreaterThanOrEqual(before - 1000);
    expect(Date.parse(time!)).toBeLessThanOrEqual(Date.now() + 1000);
  });
});

describe("lines are held back", () => {
  function pieces(bufferSize?: number): string[] {
    const written: string[] = [];
    const options = {
      timestamps: "none",
      ...(bufferSize !== undefined && { bufferSize }),
    } as const;
    const sink = new LogSink({ write: (text) => written.push(text), ...options });
    for (let count = 0; count < 5; count++) sink.write(empty!, []);
    return written;
  }

  test("until there are enough of them, and passed on whole", () => {
    expect(pieces(14)).toEqual(["empty \nempty \n", "empty \nempty \n"]);
  });

  test("not at all with a size of 0", () => {
    expect(pieces(0)).toEqual(Array.from({ length: 5 }, () => "empty \n"));
  });

  test("and written out by flush", () => {
    expect(pieces()).toEqual([]);
  });
});

test("what comes behind close is passed over", async () => {
  const pieces: string[] = [];
  const sink = new LogSink({ write: (text) => pieces.push(text), timestamps: "none" });
  sink.write(empty!, []);
  await sink.close();
  sink.write(empty!, []);
  sink.flush();
  expect(pieces).toEqual(["empty \n"]);
});

describe("a writer that is slow", () => {
  /** A writer that is busy until `ready` is called. */
  function slow(backlog: number) {
    const written: string[] = [];
    let ready = () => {};
    const write = (text: string) => {
      written.push(text);
      return new Promise<void>((resolve) => {
        ready = resolve;
      });
    };
    const sink = new LogSink({ write, timestamps: "none", bufferSize: 0, backlog });
    return { sink, written, ready: () => ready() };
  }

  test("is given what came meanwhile in one piece, when it is ready", async () => {
    const { sink, written, ready } = slow(100);
    for (let count = 0; count < 3; count++) sink.write(empty!, []);
    expect(written).toEqual(["empty \n"]);
    ready();
    await Promise.resolve().then(() => {});
    expect(written).toEqual(["empty \n", "empty \nempty \n"]);
  });

  test("loses what there is no room for, and is told how much", async () => {
    const { sink, written, ready } = slow(10);
    for (let count = 0; count < 6; count++) sink.write(empty!, []);
    ready();
    await Promise.resolve().then(() => {});
    sink.flush();
    expect(written.join("")).toBe("empty \nempty \nempty \n[3 events dropped]\n");
  });

  test("that fails is known by the next line, and by close", async () => {
    const sink = new LogSink({
      write: () => Promise.reject(new Error("disk full")),
      bufferSize: 0,
    });
    sink.write(empty!, []);
    await new Promise(setImmediate);
    expect(() => sink.write(empty!, [])).toThrow("disk full");
    await expect(sink.close()).rejects.toThrow("disk full");
  });
});
