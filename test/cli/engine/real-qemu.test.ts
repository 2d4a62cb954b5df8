import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { runCli } from "../../support/cli.js";
import { startCli } from "../../support/interruptible-cli.js";
import { describeWith } from "../../support/programs.js";
import type { Qemu } from "../../support/qemu.js";
import { realGuests } from "./real-guests.js";

const MIB = 1024 * 1024;
const TIMEOUT = 60_000;
/** What goes on while a guest does. */
const CLOCKS = /^(timer|mc146818rtc|hpet|i8254|cpu) .*(ticks|clock|time|cmos_data|offset|tsc)/;

describeWith(["qemu"], "with a real QEMU at the other end", (tool) => {
  const work = mkdtempSync(join(tmpdir(), "qtrace-real-"));
  afterAll(() => rmSync(work, { recursive: true }));
  const { dirtying, halting, path, withGuest, boot, enable, memoryOf, maskedMemory, startReceive } =
    realGuests(tool.qemu, work);

  /** Waits until the destination asks for more pages, and so has the guest run. */
  async function pagesAskedFor(qemu: Qemu): Promise<void> {
    const asked = async () => {
      const { ram } = (await qemu.execute("query-migrate")) as { ram: Record<string, number> };
      return ram["postcopy-requests"]!;
    };
    for (const before = await asked(); (await asked()) === before; ) await delay(5);
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
      // A network card whose eeprom has a date for its version, and a few more that are not there anyway.
      const devices = ["i82551", "nec-usb-xhci", "virtio-balloon", "intel-hda", "megasas"].flatMap(
        (device) => ["-device", device],
      );
      const output = path("received");
      const [receive, uri] = await startReceive(`unix:${path("socket")}`, output);
      const memory = await withGuest(halting, devices, async (qemu) => {
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
      const incoming = ["-incoming", `unix:${socket}`, ...devices];
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
    "receive → send: postcopy, pages are asked for, all of them come, %s",
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

      // The same again, of what was recorded.
      const images = path("images");
      const further = capabilities.length > 0 ? ["--channel", join(output, "channel1.bin")] : [];
      const args = [join(output, "channel0.bin"), ...further, "--output", images];
      expect(await runCli(["stream", "ram", ...args])).toMatchObject({ code: 0, err: "" });
      expect(maskedMemory(join(images, "pc.ram.img")).equals(memory)).toBe(true);

      // And played into a QEMU, which does not run the guest, and so waits for no page.
      const to = `unix:${path("socket")}`;
      await withGuest(dirtying, ["-incoming", "defer"], async (qemu) => {
        await enable(qemu, "postcopy-ram", ...capabilities);
        await qemu.execute("migrate-incoming", { uri: to });
        const sent = await runCli(["send", output, "--to", to]);
        expect(sent).toMatchObject({ code: 0, out: expect.stringContaining("SHUT 0") });
        expect((await memoryOf(qemu)).equals(memory)).toBe(true);
      });
    },
    TIMEOUT,
  );

  test.each([
    ["by the main channel", []],
    ["with one for urgent pages", ["postcopy-preempt"]],
  ])(
    "receive: a postcopy whose connection is lost, twice, goes on %s",
    async (_, capabilities) => {
      const output = path("received");
      const [receive, uri] = await startReceive(`unix:${path("socket")}`, output);
      const memory = await withGuest(dirtying, [], async (qemu) => {
        await boot(qemu);
        await enable(qemu, "postcopy-ram", "return-path", ...capabilities);
        const limit = (postcopy: number) =>
          qemu.execute("migrate-set-parameters", {
            "max-bandwidth": MIB,
            "max-postcopy-bandwidth": postcopy,
          });
        await limit(MIB);
        await qemu.execute("migrate", { uri });
        await delay(300);
        await qemu.execute("migrate-start-postcopy");
        for (const time of [1, 2]) {
          await qemu.until("postcopy-active");
          await pagesAskedFor(qemu);
          await qemu.execute("migrate-pause");
          await qemu.until("postcopy-paused");
          if (time === 2) await limit(0);
          await qemu.execute("migrate", { uri, resume: true });
        }
        await qemu.migrated();
        return memoryOf(qemu);
      });
      const { code, err } = await receive.result;
      expect([code, err]).toEqual([0, expect.stringMatching(/postcopy, \d+ pages .*, paused 2 t/)]);
      expect(err.match(/^qtrace: postcopy has paused: .* waiting at unix:/gm)).toHaveLength(2);
      const image = join(output, "ram", "pc.ram.img");
      expect(maskedMemory(image).equals(memory)).toBe(true);
      const resumed = ["channel0.resumed1.bin", "channel0.resumed2.return.times"];
      expect(readdirSync(output)).toEqual(expect.arrayContaining(resumed));
      const analyzed = await runCli(["analyze", output, "--format", "json"]);
      expect(analyzed.code).toBe(0);
      const { items, destination } = JSON.parse(analyzed.out);
      const labels = items.map(({ label }: { label: string }) => label);
      expect(labels.filter((label: string) => label === "POSTCOPY_RESUME")).toHaveLength(2);
      expect(destination.paired).toBe(destination.expected);
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
