import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fillMemory } from "../../../src/migration/engine/demo-memory.js";
import { DemoWorkload } from "../../../src/migration/engine/demo-workload.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { seededRandom } from "../../../src/migration/engine/seeded-random.js";
import { describeWith } from "../../support/programs.js";
import { expectMemory, inFolder, machineNone, SIZE, withQemu } from "./machine-none.js";
import { slowChannel } from "./slow-channel.js";

/** Bytes in a millisecond; and where there is to be time for asking for pages. */
const [PACE, SLOW] = [8000, 1000];
/** Bytes at the end of memory. */
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
          machine.setRunState("running");
          const urgent: Socket[] = [];
          const connect = () => {
            const socket = createConnection({ path, allowHalfOpen: true });
            urgent.push(socket);
            return socket;
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
            const socket = createConnection({ path, allowHalfOpen: true });
            return slowChannel(socket, cut === CUT ? PACE : SLOW, (bytes) => {
              if (source.status === "postcopy-active") left -= bytes;
              return left < 0;
            });
          };
          const recover = async (address: string, cut: number) => {
            await qemu.until("query-migrate", "status", "postcopy-paused");
            expect(source.status).toBe("postcopy-paused");
            path = join(folder, address);
            await qemu.execute("migrate-recover", { uri: `unix:${path}` });
            return source.resume(channel(cut));
          };
          await expect(source.migrate(channel(CUT))).rejects.toThrow("postcopy has paused");
          await expect(recover("second", CUT)).rejects.toThrow("postcopy has paused");
          const resumed = recover("third", Number.POSITIVE_INFINITY);
          if (capabilities.length > 0) {
            await qemu.until("query-migrate", "status", "postcopy-active");
            // What looks into memory waits for its pages, as a processor would; the last ones first.
            const last = { val: SIZE - END, size: END, filename: join(folder, "end") };
            await qemu.execute("pmemsave", last);
            expect(urgent.at(-1)!.bytesWritten).toBeGreaterThan(4096);
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
