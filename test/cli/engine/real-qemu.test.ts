import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { MARK, MARK_ADDRESS, writeBootDisk } from "../../support/boot-sector.js";
import { runCli } from "../../support/cli.js";
import { type RunningCli, startCli } from "../../support/interruptible-cli.js";
import { describeWith } from "../../support/programs.js";
import { Qemu } from "../../support/qemu.js";

const MIB = 1024 * 1024;
const MEMORY = 32 * MIB;
const TIMEOUT = 60_000;
/** What goes on while a guest does. */
const CLOCKS = /^(timer|mc146818rtc|hpet|i8254|cpu) .*(ticks|clock|time|cmos_data|offset|tsc)/;

describeWith(["qemu"], "with a real QEMU at the other end", (tool) => {
  const work = mkdtempSync(join(tmpdir(), "qtrace-real-"));
  afterAll(() => rmSync(work, { recursive: true }));
  const [dirtying, halting] = [join(work, "dirtying"), join(work, "halting")];
  writeBootDisk(dirtying);
  writeBootDisk(halting, 3);
  let names = 0;
  const path = (what: string) => join(work, `${what}-${++names}`);

  /** Runs `body` with a QEMU, whatever becomes of it. */
  async function withGuest<T>(
    disk: string,
    args: readonly string[],
    body: (qemu: Qemu) => Promise<T>,
    { machine = "q35", stopped = true } = {},
  ): Promise<T> {
    const drive = `file=${disk},format=raw,if=ide,snapshot=on`;
    const given = ["-machine", machine, "-m", "32", "-drive", drive, ...args];
    const qemu = await Qemu.start(tool.qemu, given, { stopped });
    try {
      return await body(qemu);
    } finally {
      await qemu.quit();
    }
  }

  /** Lets a guest run until its boot sector does, and a moment longer. */
  async function boot(qemu: Qemu): Promise<void> {
    await qemu.execute("cont");
    const command = { "command-line": `xp /1hx ${MARK_ADDRESS}` };
    for (;;) {
      const printed = await qemu.execute("human-monitor-command", command);
      if (String(printed).includes(MARK.toString(16))) return void (await delay(100));
      await delay(50);
    }
  }

  async function enable(qemu: Qemu, ...capabilities: string[]): Promise<void> {
    const states = capabilities.map((capability) => ({ capability, state: true }));
    await qemu.execute("migrate-set-capabilities", { capabilities: states });
  }

  /** The guest's memory, but for what firmware and video memory lie over. */
  async function memoryOf(qemu: Qemu): Promise<Buffer> {
    const file = path("memory");
    await qemu.execute("pmemsave", { val: 0, size: MEMORY, filename: file });
    return maskedMemory(file);
  }

  function maskedMemory(file: string): Buffer {
    const memory = readFileSync(file);
    expect(memory).toHaveLength(MEMORY);
    return memory.fill(0, 0xa0000, 0x100000);
  }

  /** Starts `receive`; gives the address for QEMU. */
  async function startReceive(listen: string, output: string): Promise<[RunningCli, string]> {
    const receive = startCli(["receive", "--listen", listen, "--output", output]);
    const where = await receive.said("migration at ");
    return [receive, where.startsWith("unix:") ? where : `tcp:${where}`];
  }

  /** The fields in which the devices of two streams differ. */
  async function stateDifferences(one: string, other: string): Promise<string[]> {
    const { out } = await runCli(["stream", "diff", one, other, "--json"]);
    const lines = out.split("\n").filter((line) => line !== "");
    expect(lines.length).toBeGreaterThan(0);
    return lines.map((line) => {
      const { device, path: field } = JSON.parse(line) as { device: string; path: string };
      return `${device} ${field}`;
    });
  }

  test(
    "receive → send: the guest runs on with the same memory and devices",
    async () => {
      const output = path("received");
      const [receive, uri] = await startReceive(`unix:${path("socket")}`, output);
      const memory = await withGuest(halting, [], async (qemu) => {
        await boot(qemu);
        await enable(qemu, "return-path");
        await qemu.migrate(uri);
        return memoryOf(qemu);
      });
      const { code, err } = await receive.result;
      expect([code, err]).toEqual([0, expect.stringMatching(/\d\d devices by VMDESCRIPTION/)]);
      expect(err).toContain("return path, SWITCHOVER_START");
      expect(maskedMemory(join(output, "ram", "pc.ram.img")).equals(memory)).toBe(true);

      const [socket, again] = [path("socket"), path("again")];
      const sendAndMigrateOn = async (qemu: Qemu) => {
        const sent = await runCli(["send", output, "--to", `unix:${socket}`]);
        expect(sent).toMatchObject({ code: 0, out: expect.stringContaining("SHUT 0") });
        // By itself, as the recorded guest was.
        expect(await qemu.execute("query-status")).toMatchObject({ status: "running" });
        expect((await memoryOf(qemu)).equals(memory)).toBe(true);
        await qemu.migrate(`exec:cat > ${again}`);
      };
      const incoming = ["-incoming", `unix:${socket}`];
      await withGuest(halting, incoming, sendAndMigrateOn, { stopped: false });
      const differences = await stateDifferences(join(output, "channel0.bin"), again);
      expect(differences.filter((place) => !CLOCKS.test(place))).toEqual([]);
    },
    TIMEOUT,
  );

  test(
    "receive: a guest that dirties its memory, by two channels of multifd over TCP",
    async () => {
      const output = path("received");
      const [receive, uri] = await startReceive("127.0.0.1:0", output);
      const memory = await withGuest(dirtying, [], async (qemu) => {
        await boot(qemu);
        await enable(qemu, "multifd", "return-path");
        await qemu.execute("migrate-set-parameters", {
          "multifd-channels": 2,
          "max-bandwidth": 8 * MIB,
        });
        await qemu.migrate(uri);
        return memoryOf(qemu);
      });
      const { code, err } = await receive.result;
      expect([code, err]).toEqual([0, expect.stringContaining("2 further channels")]);
      expect(existsSync(join(output, "channel2.bin"))).toBe(true);
      expect(maskedMemory(join(output, "ram", "pc.ram.img")).equals(memory)).toBe(true);
    },
    TIMEOUT,
  );

  test.each([
    [
      "by the main channel",
      [],
      /return path, SWITCHOVER_START, postcopy, [1-9]\d* pages asked for/,
    ],
    [
      "by one for urgent pages",
      ["postcopy-preempt"],
      /1 further channels, postcopy, [1-9]\d* pages/,
    ],
  ])(
    "receive: postcopy, pages are asked for, all of them come, %s",
    async (_, capabilities, told) => {
      const output = path("received");
      const [receive, uri] = await startReceive(`unix:${path("socket")}`, output);
      const memory = await withGuest(dirtying, [], async (qemu) => {
        await boot(qemu);
        await enable(qemu, "postcopy-ram", "return-path", ...capabilities);
        // The rest so slow that there are pages to be asked for out of their turn; 0 is no limit.
        const rest = capabilities.length > 0 ? MIB : 0;
        const limits = { "max-bandwidth": MIB, "max-postcopy-bandwidth": rest };
        await qemu.execute("migrate-set-parameters", limits);
        await qemu.execute("migrate", { uri });
        await delay(300);
        await qemu.execute("migrate-start-postcopy");
        await qemu.migrated();
        return memoryOf(qemu);
      });
      const { code, err } = await receive.result;
      expect([code, err]).toEqual([0, expect.stringMatching(told)]);
      expect(maskedMemory(join(output, "ram", "pc.ram.img")).equals(memory)).toBe(true);
    },
    TIMEOUT,
  );

  test.each([
    ["pc-q35-10.0", "switchover  SWITCHOVER_START at byte"],
    ["pc-q35-9.2", "no SWITCHOVER_START in the stream"],
  ])(
    "tap between two of %s: both content, and the account tells",
    async (machine, line) => {
      const [output, incoming] = [path("tapped"), path("socket")];
      const [sourceLog, destinationLog] = [path("source.log"), path("destination.log")];
      const trace = (file: string) => [
        ...["-msg", "timestamp=on", "-D", file, "-trace", "migrat*", "-trace", "savevm*"],
        ...[
          "-trace",
          "*loadvm*",
          "-trace",
          "vmstate*",
          "-trace",
          "runstate*",
          "-trace",
          "source_*",
        ],
      ];
      const waits = ["-incoming", `unix:${incoming}`, ...trace(`${destinationLog}.log`)];
      await withGuest(
        dirtying,
        waits,
        async (destination) => {
          const tap = startCli([
            ...["tap", "--listen", "127.0.0.1:0", "--to", `unix:${incoming}`, "--output", output],
            ...[
              "--source-trace",
              `${sourceLog}.log`,
              "--destination-trace",
              `${destinationLog}.log`,
            ],
          ]);
          const port = Number.parseInt(await tap.said("listening at 127.0.0.1:"), 10);
          const memory = await withGuest(
            dirtying,
            trace(`${sourceLog}.log`),
            async (source) => {
              await boot(source);
              await enable(source, "return-path");
              await source.migrate(`tcp:127.0.0.1:${port}`);
              return memoryOf(source);
            },
            { machine },
          );
          const { code, out } = await tap.result;
          expect(code).toBe(0);
          expect(out).toContain(line);
          expect(out).toMatch(/source: .*?(\d+) of the \1 items/);
          expect(out).toMatch(/destination: .*?(\d+) of the \1 items/);
          expect(await destination.execute("query-status")).toMatchObject({ status: "paused" });
          expect((await memoryOf(destination)).equals(memory)).toBe(true);
        },
        { machine },
      );
    },
    TIMEOUT,
  );
});
