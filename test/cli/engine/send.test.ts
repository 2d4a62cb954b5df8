import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { ByteWriter } from "../../../src/bytes/byte-writer.js";
import { recordMigration } from "../../../src/cli/demo/record-migration.js";
import { parseEndpoint } from "../../../src/cli/engine/endpoint.js";
import { Sender, type SentChannel } from "../../../src/cli/engine/sender.js";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import {
  type ReturnPathMessage,
  writeReturnPathMessage,
} from "../../../src/migration/wire/return-path.js";
import { runCli } from "../../support/cli.js";
import { startCli } from "../../support/interruptible-cli.js";
import { describeWith, sharedPath } from "../../support/tools.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-send-"));
afterAll(() => rmSync(work, { recursive: true }));

const GUEST = { memory: 1 << 20, dirtyRate: 1 << 20 };
let names = 0;
const path = () => join(work, String(++names));

/** A server that does something with each connection, until the body is over. */
async function serving<T>(
  take: (socket: Socket, close: () => void) => unknown,
  body: (endpoint: string) => Promise<T>,
): Promise<T> {
  const socket = path();
  const server = createServer({ allowHalfOpen: true }, (accepted) =>
    take(accepted, () => server.close()),
  ).listen(socket);
  await once(server, "listening");
  try {
    return await body(`unix:${socket}`);
  } finally {
    server.close();
  }
}

const UNREAD = "the destination has ended, and left a further channel unread";

function answer(message: ReturnPathMessage): Uint8Array {
  const writer = new ByteWriter("big");
  writeReturnPathMessage(writer, message);
  return writer.take();
}

describe("a recording of our own", async () => {
  const recording = path();
  mkdirSync(recording);
  const source = demoSourceMachine(GUEST);
  await recordMigration(recording, {
    source: { machine: source },
    destination: { machine: demoDestinationMachine(GUEST) },
    about: {},
  });
  const stream = readFileSync(join(recording, "channel0.bin"));

  /** Sends to a destination of our own; gives what came of both. */
  async function send(args: readonly string[], type = "pc-q35-10.2") {
    const machine = demoDestinationMachine({ ...GUEST, type });
    const load = (socket: Socket) =>
      new MigrationDestination({ machine }).load(socket).catch(() => {});
    const sent = await serving(load, (to) => runCli(["send", ...args, "--to", to]));
    return { ...sent, machine };
  }

  test("runs on at another destination", async () => {
    const { code, out, machine } = await send([recording]);
    expect([code, out]).toEqual([0, expect.stringMatching(/loaded it: SHUT 0; 1 PINGs answered/)]);
    expect(machine.runState).toBe("running");
    expect(Buffer.compare(machine.ram.blocks[0]!.bytes, source.ram.blocks[0]!.bytes)).toBe(0);
  });

  test("its stream alone, at a rate", async () => {
    const begin = performance.now();
    const rate = String(Math.round(stream.length * 4));
    const { code } = await send([join(recording, "channel0.bin"), "--rate", rate]);
    expect(code).toBe(0);
    expect(performance.now() - begin).toBeGreaterThan(200);
  });

  test("as it was recorded", async () => {
    const times = readFileSync(join(recording, "channel0.times"), "utf8").trim().split("\n");
    const [first, last] = [times[0]!, times.at(-1)!].map((line) => Number(line.split(" ")[1]));
    const begin = performance.now();
    const { code } = await send([recording, "--as-recorded"]);
    expect(code).toBe(0);
    expect(performance.now() - begin).toBeGreaterThan((last! - first!) / 1e6 - 5);
  });

  test("--as-recorded wants the times", async () => {
    const alone = path();
    writeFileSync(alone, stream);
    const { code, err } = await send([alone, "--as-recorded"]);
    expect([code, err]).toEqual([2, expect.stringContaining("--as-recorded needs it")]);
  });

  test("a destination that fails is told of, with the place where it stopped", async () => {
    const { code, out, err } = await send([recording, "--step", "0.02"], "pc-q35-9.2");
    expect(code).toBe(1);
    expect(err).toContain("the destination closed the connection");
    expect(out).toMatch(/^stopped at the beginning, and at (CONFIGURATION|OPEN_RETURN_PATH|PING)/);
  });

  test("a destination that fails late says SHUT 1", async () => {
    const broken = path();
    const bytes = Buffer.from(stream);
    bytes.write("qtrace-xerial", bytes.indexOf("qtrace-serial"));
    writeFileSync(broken, bytes);
    const { code, out, err } = await send([broken, "--step", "0.02"]);
    expect(code).toBe(1);
    expect(err).toContain("SHUT 1");
    expect(out).toMatch(/behind PING 0x1 at 0x1d, which it answered, and at qtrace-.*at 0x/);
  });

  test("a destination that takes nothing", async () => {
    const { code, err } = await serving(
      (socket) => socket.on("error", () => {}),
      (to) => runCli(["send", recording, "--to", to, "--stall-timeout", "0.2"]),
    );
    expect([code, err]).toEqual([1, expect.stringContaining("kept us waiting for 200 ms")]);
  });

  test("Ctrl-C", async () => {
    const { code, err } = await serving(
      (socket) => socket.on("error", () => {}),
      async (to) => {
        const send = startCli(["send", recording, "--to", to]);
        setTimeout(send.interrupt, 50);
        return send.result;
      },
    );
    expect([code, err]).toEqual([2, expect.stringMatching(/: interrupted\n$/)]);
  });

  test.each([
    ["in the middle", 0.5, "stopped behind PING"],
    ["at its beginning", 12 / stream.length, "without a return path it says no more"],
  ])("one that is cut short %s is not waited for", async (_, part, line) => {
    const cut = path();
    writeFileSync(cut, stream.subarray(0, part * stream.length));
    const { code, out } = await send([cut]);
    expect([code, out]).toEqual([1, expect.stringContaining(line)]);
  });

  test("a channel that said nothing is opened, too, if it can be", async () => {
    const silent = path();
    mkdirSync(silent);
    writeFileSync(join(silent, "channel0.bin"), stream);
    writeFileSync(join(silent, "channel1.bin"), "");
    let connections = 0;
    const machine = demoDestinationMachine({ ...GUEST, type: "pc-q35-10.2" });
    const load = async (socket: Socket) => {
      connections += 1;
      // The answer to the PING is what the other channel waits for.
      if (connections === 1) await new MigrationDestination({ machine }).load(socket);
    };
    const { code } = await serving(load, (to) => runCli(["send", silent, "--to", to]));
    expect([code, connections]).toEqual([0, 2]);

    const once = (socket: Socket, close: () => void) => {
      close();
      return new MigrationDestination({ machine: demoDestinationMachine(GUEST) }).load(socket);
    };
    expect(await serving(once, (to) => runCli(["send", silent, "--to", to]))).toMatchObject({
      code: 0,
    });
  });

  test("a destination that is gone is sent no further channel", async () => {
    let connections = 0;
    const drop = (socket: Socket) => {
      connections += 1;
      socket.destroy();
    };
    let pieces = 0;
    const bytes = async function* () {
      for (; pieces < 100; pieces += 1) yield stream;
    };
    const length = 100 * stream.length;
    const channels = (["main", "other"] as const).map((kind) => ({ kind, length, bytes }));
    await serving(drop, async (to) => {
      const sender = new Sender({ to: parseEndpoint(to), connectTimeout: 5000 });
      const { failure } = await sender.run(channels);
      expect(failure?.message).toBe("the destination closed the connection");
      await delay(500);
    });
    expect(connections).toBe(1);
    expect(pieces).toBeLessThan(10);
  });

  test.each([
    ["it has read the urgent channel", true, undefined],
    ["it takes nothing of the urgent channel for a while", false, UNREAD],
  ])("a destination gets the main channel's last byte when %s", async (_, isRead, failed) => {
    const urgent = Buffer.alloc(16 << 20);
    const read = [0, 0];
    let urgentBefore: number | undefined;
    const take = (socket: Socket) => {
      const channel = read[0] === 0 ? 0 : 1;
      if (channel === 1 && !isRead) return;
      socket.on("data", (chunk) => {
        if (read[0] === 0) socket.write(answer({ type: "PONG", value: 1 }));
        read[channel]! += chunk.length;
        if (channel === 1 || read[0]! < stream.length) return;
        urgentBefore = read[1];
        socket.write(answer({ type: "SHUT", value: 0 }));
      });
    };
    const channels: SentChannel[] = [stream, urgent].map((bytes, index) => ({
      kind: index === 0 ? "main" : "other",
      length: bytes.length,
      bytes: async function* () {
        yield bytes;
      },
    }));
    const { failure } = await serving(take, (to) =>
      new Sender({ to: parseEndpoint(to), connectTimeout: 5000 }).run(channels),
    );
    expect(urgentBefore).toBe(isRead ? urgent.length : 0);
    expect(failure?.message).toBe(failed);
  });

  test.each<[string, Uint8Array, number]>([
    ["PINGs", stream, 1],
    // A PING has 9 bytes.
    ["a stream that cannot be read has room for", Buffer.alloc(95, 1), 10],
  ])("a destination that sends more PONGs than %s fails the send", async (_, bytes, most) => {
    const pongs = Array(most + 1).fill(answer({ type: "PONG", value: 1 }));
    const channel: SentChannel = {
      kind: "main",
      length: bytes.length,
      bytes: async function* () {
        yield bytes;
      },
    };
    const take = (socket: Socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.write(Buffer.concat(pongs)));
      socket.resume();
    };
    const { failure, pongs: heard } = await serving(take, (to) =>
      new Sender({ to: parseEndpoint(to), connectTimeout: 5000, stallTimeout: 5000 }).run([
        channel,
      ]),
    );
    expect(heard).toBe(most);
    expect(failure?.message).toMatch(
      new RegExp(
        `answer: .*more PONGs than PINGs: PONG number ${most + 1} .*\\b0x${(most * 8).toString(16)}\\b`,
      ),
    );
  });

  test("without a return path", async () => {
    const oneWay = path();
    // The stream without OPEN_RETURN_PATH and PING, which stand behind CONFIGURATION.
    writeFileSync(oneWay, Buffer.concat([stream.subarray(0, 0x18), stream.subarray(0x26)]));
    const { code, out } = await send([oneWay]);
    expect([code, out]).toEqual([0, expect.stringContaining("without a return path")]);
  });

  test("without a return path: closing at the end is no failure, though the file's end is not seen yet", async () => {
    const oneWay = Buffer.concat([stream.subarray(0, 0x18), stream.subarray(0x26)]);
    let closed: () => void;
    const hasClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let taken = 0;
    const take = (socket: Socket) =>
      socket.on("data", (chunk) => {
        taken += chunk.length;
        if (taken === oneWay.length) socket.end(closed);
      });
    async function* bytes() {
      yield oneWay;
      await hasClosed;
      await delay(50);
    }
    const result = await serving(take, (to) =>
      new Sender({ to: parseEndpoint(to), connectTimeout: 5000 }).run([
        { kind: "main", length: oneWay.length, bytes },
      ]),
    );
    expect(result).toMatchObject({ taken: oneWay.length, shut: undefined });
    expect(result.failure).toBeUndefined();
  });

  test.each([
    ["nobody waits", [recording, "--to", "unix:/nowhere"], "no such socket"],
    ["no such recording", ["/nowhere", "--to", "a:1"], "no such file"],
    ["an empty folder", [work, "--to", "a:1"], "no channel0.bin or stream.bin"],
    ["two paces", [recording, "--to", "a:1", "--rate", "1M", "--step", "1"], "exclude each other"],
    ["no number of seconds", [recording, "--to", "a:1", "--step", "0x10"], "no number of seconds"],
    ["more seconds than a timer has", [recording, "--to", "a:1", "--step", "2147484"], "24 days"],
    ["no rate", [recording, "--to", "a:1", "--rate", "fast"], "no rate"],
    ["no stream", [join(recording, "source.log"), "--to", "a:1"], "not a migration stream"],
  ])("%s: exit 2", async (_, args, reason) => {
    const { code, err } = await runCli(["send", ...args]);
    expect([code, err]).toEqual([2, expect.stringContaining(reason)]);
  });
});

describeWith(["shared"], "recordings", () => {
  test("with all channels: what was multifd comes by multifd again", async () => {
    const output = path();
    const receive = startCli(["receive", "--listen", "127.0.0.1:0", "--output", output]);
    const to = await receive.said("migration at ");
    const recording = sharedPath("recordings", "q35-multifd");
    const { code, out } = await runCli(["send", recording, "--to", to, "--as-recorded"]);
    expect([code, out]).toEqual([0, expect.stringContaining("SHUT 0")]);
    expect((await receive.result).code).toBe(0);
    const sent = [0, 1, 2].map((number) => readFileSync(join(recording, `channel${number}.bin`)));
    const got = [0, 1, 2].map((number) => readFileSync(join(output, `channel${number}.bin`)));
    expect(got.map((bytes) => sent.some((other) => other.equals(bytes)))).toEqual([
      true,
      true,
      true,
    ]);
  });
});
