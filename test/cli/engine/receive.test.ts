import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { demoSourceMachine } from "../../../src/migration/engine/demo-machine.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { heldChannel } from "../../migration/engine/held-channel.js";
import { runCli } from "../../support/cli.js";
import { startCli } from "../../support/interruptible-cli.js";
import { fixture } from "../../support/recordings.js";
import { describeWith, sharedPath } from "../../support/tools.js";
import { ownStream } from "./own-stream.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-receive-"));
afterAll(() => rmSync(work, { recursive: true }));

const GUEST = { memory: 2 << 20, dirtyRate: 1 << 20 };
let folders = 0;

function folder(): string {
  folders += 1;
  return join(work, String(folders));
}

/** Starts `receive`, and gives how to connect to it. */
async function startReceive(output: string, ...more: string[]) {
  const receive = startCli(["receive", "--listen", "127.0.0.1:0", "--output", output, ...more]);
  const port = Number.parseInt(await receive.said("migration at 127.0.0.1:"), 10);
  const connect = (): Socket =>
    createConnection({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => {});
  return { receive, connect };
}

describe("a guest of our own source", async () => {
  const output = folder();
  const { receive, connect } = await startReceive(output);
  const machine = demoSourceMachine(GUEST);
  const sent = await new MigrationSource({ machine }).migrate(connect());
  const { code, out, err } = await receive.result;

  test("is loaded, with its devices by VMDESCRIPTION", () => {
    expect(code).toBe(0);
    expect(err).toMatch(/loaded .* of pc-q35-10.2: 6 devices by VMDESCRIPTION, \d+ pages/);
    expect(err).toContain("return path, SWITCHOVER_START");
  });

  test("is kept: stream, return path, memory images", () => {
    expect(readFileSync(join(output, "channel0.bin"))).toHaveLength(sent.bytes);
    expect(readFileSync(join(output, "channel0.return.bin"))).toHaveLength(16);
    const image = readFileSync(join(output, "ram", "pc.ram.img"));
    expect(image.equals(machine.ram.blocks[0]!.bytes)).toBe(true);
    expect(readdirSync(join(output, "ram")).sort()).toEqual([
      "blocks.json",
      "pc.bios.img",
      "pc.ram.img",
      "rom@etc_acpi_tables.img",
    ]);
  });

  test("is accounted for by the trace of what was done here", () => {
    expect(out).toMatch(/destination: .*?(\d+) of the \1 items that QEMU traces there/);
  });
});

describe("from standard input", async () => {
  const { stream, memory } = await ownStream(GUEST);

  describe("with --force", () => {
    const other = readFileSync(fixture("microvm-file", "stream.bin"));
    const receive = (output: string, bytes: Uint8Array, ...more: readonly string[]) =>
      runCli(["receive", "--listen", "-", "--output", output, ...more], bytes);

    test("the images of an older guest's RAM blocks are removed", async () => {
      const output = folder();
      await receive(output, other);
      expect(readdirSync(join(output, "ram"))).toContain("microvm.ram.img");
      writeFileSync(join(output, "ram", "notes"), "mine");
      expect((await receive(output, stream, "--force")).code).toBe(0);
      const list = JSON.parse(readFileSync(join(output, "ram", "blocks.json"), "utf8"));
      const files = list.map(({ file }: { file: string }) => file);
      expect(files).toContain("pc.ram.img");
      expect(readdirSync(join(output, "ram")).sort()).toEqual(
        ["blocks.json", "notes", ...files].sort(),
      );
    });

    test("they are also removed if the new recording has no images", async () => {
      const output = folder();
      await receive(output, other);
      expect((await receive(output, stream, "--force", "--no-images")).code).toBe(0);
      expect(readdirSync(output)).not.toContain("ram");
    });

    test("a folder called ram that qtrace did not write stays", async () => {
      const output = folder();
      mkdirSync(join(output, "ram"), { recursive: true });
      writeFileSync(join(output, "ram", "disk.img"), "mine");
      expect((await receive(output, stream, "--force", "--no-images")).code).toBe(0);
      expect(readFileSync(join(output, "ram", "disk.img"), "utf8")).toBe("mine");
    });

    test("images of a receive that was killed are recognized", async () => {
      const output = folder();
      const { receive: running, connect } = await startReceive(output);
      connect().write(stream.subarray(0, stream.length / 2));
      while (!existsSync(join(output, "ram", "pc.ram.img"))) await delay(5);
      expect(existsSync(join(output, "ram", "blocks.json"))).toBe(true);
      running.interrupt();
      await running.result;
    });
  });

  test("a stream without a way back is loaded", async () => {
    const output = folder();
    const { code, err } = await runCli(["receive", "--listen", "-", "--output", output], stream);
    expect([code, err]).toEqual([0, expect.stringContaining("6 devices by VMDESCRIPTION")]);
    expect(readFileSync(join(output, "ram", "pc.ram.img")).equals(memory)).toBe(true);
  });

  test("wherever it is cut: exit 1, one line, and all that came is kept", async () => {
    for (let at = 1; at < stream.length; at += Math.ceil(stream.length / 12)) {
      const output = folder();
      const args = ["receive", "--listen", "-", "--output", output, "--no-images"];
      const { code, err } = await runCli(args, stream.subarray(0, at));
      expect([code, err]).toEqual([1, expect.stringContaining("qtrace: ")]);
      expect(err).not.toMatch(/^ +at /m);
      expect(readFileSync(join(output, "channel0.bin"))).toHaveLength(at);
    }
  });

  test("nothing at all", async () => {
    const args = ["receive", "--listen", "-", "--output", folder()];
    expect(await runCli(args)).toMatchObject({
      code: 2,
      err: expect.stringContaining("cut short"),
    });
  });

  test("rubbish", async () => {
    const args = ["receive", "--listen", "-", "--output", folder()];
    const { code, out, err } = await runCli(args, "GET / HTTP/1.1\r\n\r\n");
    expect([code, err]).toEqual([1, expect.stringContaining("not a migration stream")]);
    expect([out, err]).toEqual(["", expect.stringContaining(`what came is in ${args.at(-1)}\n`)]);
  });

  test("a connection by which another's guest is to go on", async () => {
    const args = ["receive", "--listen", "-", "--output", folder()];
    const resumed = gunzipSync(readFileSync(fixture("postcopy-resumed", "resumed.bin.gz")));
    const { code, err } = await runCli(args, resumed);
    expect([code, err]).toEqual([1, expect.stringContaining("a paused postcopy is to go on here")]);
  });

  test("a device whose state is not as it is described", async () => {
    const broken = Buffer.from(stream);
    const json = broken.lastIndexOf('"size": 8');
    broken.write('"size": 4', json);
    const args = ["receive", "--listen", "-", "--output", folder()];
    const { code, err } = await runCli(args, broken);
    expect([code, err]).toEqual([1, expect.stringMatching(/section \d+ "/)]);
  });

  test("a file that cannot be written: the guest is not taken over", async () => {
    for (const name of ["channel0.bin", "ram/pc.bios.img"]) {
      const output = folder();
      mkdirSync(join(output, "ram"), { recursive: true });
      const args = ["receive", "--listen", "-", "--output", output];
      if (name === "channel0.bin") {
        const { receive, connect } = await startReceive(output);
        mkdirSync(join(output, name));
        const source = new MigrationSource({ machine: demoSourceMachine(GUEST) });
        await expect(source.migrate(connect())).rejects.toThrow();
        const { code, err } = await receive.result;
        expect([code, err]).toEqual([2, expect.stringContaining("channel0.bin: is a folder")]);
        expect(readdirSync(join(output, "ram"))).toEqual([]);
      } else {
        mkdirSync(join(output, name));
        const { code, err } = await runCli(args, stream);
        expect([code, err]).toEqual([2, expect.stringContaining("pc.bios.img: is a folder")]);
        // The others give way to the stream, from which they can be made anew.
        expect(readdirSync(join(output, "ram"))).toEqual(["pc.bios.img"]);
      }
    }
  });
});

describe("a source that", () => {
  test("never comes", async () => {
    const { receive } = await startReceive(folder(), "--wait-timeout", "0.1");
    expect(await receive.result).toMatchObject({
      code: 2,
      err: expect.stringContaining("no source came in 0.1 s"),
    });
  });

  test("says nothing is dropped, and another one taken", async () => {
    const { receive, connect } = await startReceive(folder(), "--stall-timeout", "0.2");
    const silent = connect();
    await receive.said("dropped a connection that did not say what it is in 0.2 s");
    await new MigrationSource({ machine: demoSourceMachine(GUEST) }).migrate(connect());
    expect((await receive.result).code).toBe(0);
    silent.destroy();
  });

  test("never comes leaves nothing behind, nor does an address that is in use", async () => {
    const [first, second] = [folder(), folder()];
    const { receive } = await startReceive(first, "--wait-timeout", "1");
    const port = await receive.said("at 127.0.0.1:");
    const args = ["receive", "--listen", `127.0.0.1:${Number.parseInt(port, 10)}`];
    expect(await runCli([...args, "--output", second])).toMatchObject({
      code: 2,
      err: expect.stringContaining("it is in use"),
    });
    await receive.result;
    expect([existsSync(first), existsSync(second)]).toEqual([false, false]);
  });

  test("falls silent", async () => {
    const { receive, connect } = await startReceive(folder(), "--stall-timeout", "0.1");
    connect().write("QEVM");
    const { code, err } = await receive.result;
    expect([code, err]).toEqual([1, expect.stringContaining("kept this end waiting for 100 ms")]);
  });

  test("vanishes", async () => {
    const output = folder();
    const { receive, connect } = await startReceive(output);
    const socket = connect();
    socket.write("QEVM\0\0\0\u0003", () => setTimeout(() => socket.resetAndDestroy(), 20));
    const { code, err } = await receive.result;
    expect([code, err]).toEqual([1, expect.stringMatching(/channel failed|cut short/)]);
    expect(readFileSync(join(output, "channel0.bin"))).toHaveLength(8);
  });

  test("is there when Ctrl-C comes", async () => {
    const output = folder();
    const { receive, connect } = await startReceive(output);
    connect().write("QEVM\0\0\0\u0003");
    await new Promise((resolve) => setTimeout(resolve, 50));
    receive.interrupt();
    expect(await receive.result).toMatchObject({
      code: 2,
      err: expect.stringContaining("qtrace: interrupted\n"),
    });
    expect(readFileSync(join(output, "channel0.bin"))).toHaveLength(8);
  });
});

describeWith(["shared"], "recordings, played by hand", () => {
  /** Connects as often as there are channels, and sends each its bytes. */
  async function play(name: string, channels: number, ...more: string[]) {
    const output = folder();
    const { receive, connect } = await startReceive(output, ...more);
    for (let number = 0; number < channels; number += 1) {
      const socket = connect();
      socket.resume().write(readFileSync(sharedPath("recordings", name, `channel${number}.bin`)));
    }
    return { ...(await receive.result), output };
  }

  test("q35-postcopy: the guest runs before its memory is there, pages are asked for", async () => {
    const { code, err, output } = await play("q35-postcopy", 1);
    expect(code).toBe(0);
    expect(err).toMatch(/by their footers.*postcopy, \d+ pages asked for/);
    const answers = await runCli(["stream", "return-path", join(output, "channel0.return.bin")]);
    expect(answers.out).toMatch(/PONG +0x42/);
    expect(answers.out).toMatch(/REQ_PAGES +pc.ram 0x/);
    expect(answers.out).toMatch(/SHUT +0x0\n$/);
  });

  test("q35-multifd: memory is what `stream ram` makes of the recording", async () => {
    const { code, err, output } = await play("q35-multifd", 3);
    expect([code, err]).toEqual([0, expect.stringContaining("2 further channels")]);
    const images = folder();
    const recorded = (number: number) =>
      sharedPath("recordings", "q35-multifd", `channel${number}.bin`);
    const args = ["--channel", recorded(1), recorded(2), "--output", images];
    expect((await runCli(["stream", "ram", recorded(0), ...args])).code).toBe(0);
    for (const image of readdirSync(images).filter((name) => name.endsWith(".img"))) {
      const own = readFileSync(join(output, "ram", image));
      expect(own.equals(readFileSync(join(images, image))), image).toBe(true);
    }
  });

  test("pc-9.2-xbzrle: no SWITCHOVER_START", async () => {
    const { code, err } = await play("pc-9.2-xbzrle", 1, "--no-images");
    expect(code).toBe(0);
    expect(err).not.toContain("SWITCHOVER_START");
  });

  test("--switchover-ack answers the opening of the return path", async () => {
    const { output } = await play("q35-precopy", 1, "--switchover-ack", "--no-images");
    const answers = await runCli(["stream", "return-path", join(output, "channel0.return.bin")]);
    expect(answers.out).toMatch(/SWITCHOVER_ACK.*\n.*PONG/);
  });
});

describe("a postcopy whose connection is lost", () => {
  /** Receives half of a guest; gives what ends the command, and how the source goes on. */
  async function pausedReceive(...more: string[]) {
    const output = folder();
    const { receive, connect } = await startReceive(output, ...more);
    const machine = demoSourceMachine({ ...GUEST, dirtyRate: 0 });
    const source = new MigrationSource({ machine, postcopy: true });
    source.startPostcopy();
    let left = 200_000;
    const loseIt = async (bytes: number) => {
      if (source.status === "postcopy-active") left -= bytes;
      await delay(bytes / 20_000);
      if (left < 0) throw new Error("the connection broke");
    };
    const migrating = source.migrate(heldChannel(connect(), loseIt));
    await expect(migrating).rejects.toThrow("postcopy has paused");
    const told = await receive.said("postcopy has paused: ");
    expect(told).toMatch(/; waiting at 127\.0\.0\.1:\d+ for the source to go on: .* resume$/);
    return { output, receive, machine, resume: () => source.resume(connect()) };
  }

  test("goes on by another one, of which the recording tells", async () => {
    const { output, receive, machine, resume } = await pausedReceive();
    await resume();
    expect(await receive.result).toMatchObject({
      code: 0,
      err: expect.stringContaining("paused once"),
    });
    const image = readFileSync(join(output, "ram", "pc.ram.img"));
    expect(image.equals(machine.ram.blocks[0]!.bytes)).toBe(true);
    const { code, out } = await runCli(["analyze", output]);
    expect([code, out]).toEqual([0, expect.stringContaining("POSTCOPY_RESUME")]);
  });

  test("is given up by Ctrl-C: what came is kept and reads", async () => {
    const { output, receive } = await pausedReceive();
    receive.interrupt();
    const { code, err } = await receive.result;
    expect([code, err]).toEqual([2, expect.stringMatching(/^qtrace: interrupted$/m)]);
    expect(JSON.parse(readFileSync(join(output, "recording.json"), "utf8")).complete).toBe(false);
    const items = await runCli(["stream", "items", join(output, "channel0.bin")]);
    expect(items).toMatchObject({ code: 1, err: expect.stringContaining("cut short") });
    expect(items.out).toContain("POSTCOPY_RUN");
  });

  test("is given up after --pause-timeout", async () => {
    const { receive } = await pausedReceive("--pause-timeout", "0.1");
    const { code, err } = await receive.result;
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/no source went on with it in 100 ms$/m),
    ]);
  });
});
