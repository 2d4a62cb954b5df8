import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { fillMemory } from "../../../src/migration/engine/demo-memory.js";
import { DemoWorkload } from "../../../src/migration/engine/demo-workload.js";
import { PAGE_SIZE } from "../../../src/migration/engine/guest-ram.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { seededRandom } from "../../../src/migration/engine/seeded-random.js";
import { describeWith } from "../../support/programs.js";
import { heldChannel } from "./held-channel.js";
import { expectMemory, inFolder, machineNone, SIZE, withQemu } from "./machine-none.js";

/** Bytes in a millisecond. */
const PACE = 8000;
/** Bytes at the end of memory; more than the package has. */
const END = 64 * 1024;
/** Bytes behind which a connection is lost, from where the guest runs at the destination. */
const CUT = 300_000;

describeWith(["qemu"], "a postcopy into a real QEMU whose connection is lost", (tool) => {
  testRecovery("goes on, also a second time", []);
  testRecovery("goes on, with a channel for urgent pages", ["postcopy-preempt"]);

  function testRecovery(name: string, capabilities: readonly string[]): void {
    test(name, async () => {
      await inFolder(async (folder) => {
        let path = join(folder, "incoming");
        await withQemu(tool.qemu, ["-incoming", "defer"], async (qemu) => {
          const all = ["postcopy-ram", ...capabilities];
          const states = all.map((capability) => ({ capability, state: true }));
          await qemu.execute("migrate-set-capabilities", { capabilities: states });
          await qemu.execute("migrate-incoming", { uri: `unix:${path}` });
          const machine = machineNone(new DemoWorkload(0, 0));
          fillMemory(machine.ram, seededRandom(5));
          // No page is zero: what is under way is far less than what is still to come.
          for (let at = 0; at < SIZE; at += PAGE_SIZE) machine.ram.blocks[0]!.bytes[at] = 1;
          machine.setRunState("running");
          const urgent: Socket[] = [];
          const connect = () => {
            const socket = createConnection({ path, allowHalfOpen: true });
            urgent.push(socket);
            return socket;
          };
          /** Where there is a channel for urgent pages, the last of the others wait for it. */
          const untilUrgent = async () => {
            if (source.status !== "postcopy-active" || capabilities.length === 0) return;
            while (urgent.at(-1)!.bytesWritten <= PAGE_SIZE) await delay(1);
          };
          const source = new MigrationSource({
            machine,
            postcopy: true,
            stallTimeout: 5000,
            ...(capabilities.length > 0 && { postcopyPreempt: { connect } }),
          });
          source.startPostcopy();
          const channel = (cut: number) => {
            let left = cut;
            return heldChannel(createConnection({ path, allowHalfOpen: true }), async (bytes) => {
              // Pages that come behind the package wait until it is loaded.
              while (bytes > END && source.status === "postcopy-device") await delay(1);
              if (source.status === "postcopy-active") left -= bytes;
              await (left < Number.POSITIVE_INFINITY ? delay(bytes / PACE) : untilUrgent());
              if (left < 0) throw new Error("the connection broke");
            });
          };
          /** Has the destination wait at another address, when it has paused, too. */
          const listenAt = async (address: string) => {
            await qemu.until("query-migrate", "status", "postcopy-paused");
            expect(source.status).toBe("postcopy-paused");
            path = join(folder, address);
            await qemu.execute("migrate-recover", { uri: `unix:${path}` });
          };
          await expect(source.migrate(channel(CUT))).rejects.toThrow("postcopy has paused");
          await listenAt("second");
          await expect(source.resume(channel(CUT))).rejects.toThrow("postcopy has paused");
          await listenAt("third");
          const resumed = source.resume(channel(Number.POSITIVE_INFINITY));
          if (capabilities.length > 0) {
            // By then it has taken the channel, which it could not while it waits for a page.
            while (source.status !== "postcopy-active") await delay(1);
            // What looks into memory waits for its pages, as a processor would; the last ones first.
            const last = { val: SIZE - END, size: END, filename: join(folder, "end") };
            await qemu.execute("pmemsave", last);
            expect(urgent.at(-1)!.bytesWritten).toBeGreaterThan(PAGE_SIZE);
            expect(urgent).toHaveLength(3);
          }
          const { pages } = await resumed;
          await qemu.until("query-migrate", "status", "completed");
          await expectMemory(qemu, folder, machine);
          expect(pages.normal).toBeGreaterThan(100);
        });
      });
    });
  }
});
