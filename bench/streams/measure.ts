/** One case of `npm run bench -- streams`, in a process of its own: CASE FILE → seconds, bytes, memory. */

import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { openRandomAccess } from "../../src/cli/files.js";
import { RamImageBuilder } from "../../src/migration/wire/ram-image.js";
import { bytesAsRandomAccess } from "../../src/migration/wire/random-access.js";
import { readStream } from "../../src/migration/wire/read-stream.js";
import { StateCollector } from "../../src/migration/wire/state-collector.js";
import { stateToQemuJson } from "../../src/migration/wire/state-qemu-json.js";
import type { StreamReaderOptions } from "../../src/migration/wire/stream-reader-options.js";

const CHUNK = 1024 * 1024;

/** Reads the file, in pieces of the same size, and touches nothing. */
async function read(file: string): Promise<number> {
  const handle = await open(file);
  const buffer = new Uint8Array(CHUNK);
  let total = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK, total);
    if (bytesRead === 0) break;
    total += bytesRead;
  }
  await handle.close();
  return total;
}

/** All items of a file. */
async function items(file: string): Promise<number> {
  const access = await openRandomAccess(file);
  let end = 0;
  for await (const { offset, size } of readStream(access)) end = offset + size;
  await access.close();
  return end;
}

/** All memory of a stream that is held in memory, pages by XBZRLE; gives the bytes of the pages. */
async function xbzrle(file: string): Promise<number> {
  const images = new Map<string, Uint8Array>();
  let pages = 0;
  const builder = new RamImageBuilder(({ name, usedLength }) => {
    const bytes = new Uint8Array(usedLength);
    images.set(name, bytes);
    return {
      write(address, data) {
        pages += data.length;
        bytes.set(data, address);
      },
      read: (address, length) => bytes.subarray(address, address + length),
    };
  });
  await drain(file, { ram: builder });
  return pages;
}

/** The same once the engine has seen the code: the last of 50 times in a row. */
async function warmState(file: string): Promise<number> {
  for (let time = 1; time < 50; time += 1) await state(file);
  restart();
  return state(file);
}

/** The state of a stream as JSON, as QEMU's script prints it. */
async function state(file: string): Promise<number> {
  const collector = new StateCollector();
  const bytes = new Uint8Array(readFileSync(file));
  for await (const item of readStream(bytesAsRandomAccess(bytes), { keepData: true })) {
    collector.add(item);
  }
  return stateToQemuJson(collector.sections()).length;
}

async function drain(file: string, options: StreamReaderOptions): Promise<void> {
  const bytes = new Uint8Array(readFileSync(file));
  for await (const _ of readStream(bytesAsRandomAccess(bytes), options));
}

/** Brings a file into the system's cache. */
function warm(file: string): void {
  const handle = openSync(file, "r");
  const buffer = new Uint8Array(CHUNK);
  while (readSync(handle, buffer, 0, CHUNK, null) > 0);
  closeSync(handle);
}

const cases: Readonly<Record<string, (file: string) => Promise<number>>> = {
  read,
  items,
  xbzrle,
  state,
  "warm state": warmState,
};

const [name = "", file = ""] = process.argv.slice(2);
warm(file);
let begin = process.hrtime.bigint();
const restart = () => {
  begin = process.hrtime.bigint();
};
const bytes = await cases[name]!(file);
const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
const memory = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ seconds, bytes, size: statSync(file).size, memory }));
