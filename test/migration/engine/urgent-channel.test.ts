import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { FurtherChannels } from "../../../src/migration/engine/further-channels.js";
import { IncomingPages } from "../../../src/migration/engine/incoming-pages.js";
import { RunControl } from "../../../src/migration/engine/run-control.js";
import { RamRecordWriter } from "../../../src/migration/wire/ram-record-writer.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";

test("the last page that is missing may come by the urgent channel, which then stays open", async () => {
  const pages = new IncomingPages({});
  pages.advisePostcopy([]);
  pages.block({ name: "ram", usedLength: 4096 }, 4096);
  pages.sectionEnd();
  pages.listen(
    () => {},
    async () => {},
  );
  const urgent = new PassThrough();
  const channels = new FurtherChannels(pages, new RunControl(urgent, undefined, undefined));
  await channels.take(
    (async function* () {
      yield urgent;
    })(),
  );

  const arrived = channels.allPages();
  await delay(10);
  const writer = new StreamWriter();
  new RamRecordWriter(writer).page("ram", 0, new Uint8Array(4096));
  const bytes = writer.take();
  urgent.write(bytes.subarray(0, 100));
  await delay(10);
  urgent.write(bytes.subarray(100));
  await expect(Promise.race([arrived, delay(5000, "late")])).resolves.toBeUndefined();
  channels.close();
});
