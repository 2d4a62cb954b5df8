import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { FurtherChannels } from "../../../src/migration/engine/further-channels.js";
import { IncomingPages } from "../../../src/migration/engine/incoming-pages.js";
import { RunControl } from "../../../src/migration/engine/run-control.js";
import { RamRecordWriter } from "../../../src/migration/wire/ram-record-writer.js";
import { StreamWriter } from "../../../src/migration/wire/stream-writer.js";

const bytes = new StreamWriter();
new RamRecordWriter(bytes).page("ram", 0, new Uint8Array(4096));
const page = bytes.take();

/** A guest that runs here, of whose memory one page has not come. */
function missingOne() {
  const pages = new IncomingPages({});
  pages.advisePostcopy([]);
  pages.block({ name: "ram", usedLength: 4096 }, 4096);
  pages.sectionEnd();
  pages.listen(
    () => {},
    async () => {},
  );
  const urgent = new PassThrough();
  const control = new RunControl(urgent, undefined, undefined);
  return { urgent, control, channels: new FurtherChannels(pages, control) };
}

test("the last page that is missing may come by the urgent channel, which then stays open", async () => {
  const { urgent, channels } = missingOne();
  await channels.take(
    (async function* () {
      yield urgent;
    })(),
  );
  const arrived = channels.allPages();
  await delay(10);
  urgent.write(page.subarray(0, 100));
  await delay(10);
  urgent.write(page.subarray(100));
  await expect(arrived).resolves.toBeUndefined();
  channels.close();
});

describe("when the main channel has ended", () => {
  /** What becomes of it if the urgent channel is accepted only then, or none is. */
  async function ended(accepts: boolean) {
    const { urgent, channels } = missingOne();
    let stop = () => {};
    void channels.take(
      (async function* () {
        yield new PassThrough().end();
        await delay(20);
        if (accepts) yield urgent;
        await new Promise<void>((resolve) => {
          stop = resolve;
        });
      })(),
    );
    urgent.write(page);
    await delay(1);
    try {
      await channels.allPages();
    } finally {
      channels.close();
      stop();
    }
  }

  test("the urgent channel that was made before may still be accepted", async () => {
    await expect(ended(true)).resolves.toBeUndefined();
  });

  test("none is waited for without end", async () => {
    await expect(ended(false)).rejects.toThrow("the channel for urgent pages was lost");
  });
});
