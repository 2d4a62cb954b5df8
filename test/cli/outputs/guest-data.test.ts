import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  demoDestinationMachine,
  demoSourceMachine,
} from "../../../src/migration/engine/demo-machine.js";
import { MigrationDestination } from "../../../src/migration/engine/migration-destination.js";
import { MigrationSource } from "../../../src/migration/engine/migration-source.js";
import { runCli } from "../../support/cli.js";
import { startCli } from "../../support/interruptible-cli.js";
import { fixture } from "../../support/recordings.js";
import { repoRoot } from "../../support/repo-root.js";
import { ownStream } from "../engine/own-stream.js";

const work = mkdtempSync(join(tmpdir(), "qtrace-guest-"));
afterAll(() => rmSync(work, { recursive: true }));
let count = 0;
const fresh = () => join(work, `${count++}`);

const stream = fixture("microvm-file", "stream.bin");
const events = join(repoRoot, "trace-events");

/** The modes of a folder and all that is in it, each once: folders, then files. */
function modesIn(folder: string): { folders: string[]; files: string[]; names: string[] } {
  const folders = new Set([modeOf(folder)]);
  const files = new Set<string>();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const mode = modeOf(join(entry.parentPath, entry.name));
    (entry.isDirectory() ? folders : files).add(mode);
  }
  return { folders: [...folders], files: [...files], names: entries.map(({ name }) => name) };
}

function modeOf(file: string): string {
  return (statSync(file).mode & 0o7777).toString(8);
}

const PRIVATE = { folders: ["700"], files: ["600"] };

describe.each([0, 0o22, 0o777])("with a umask of %o, only the user can read", (umask) => {
  let before = 0;
  beforeEach(() => {
    before = process.umask(umask);
  });
  afterEach(() => {
    process.umask(before);
  });

  test("a demo's recording", async () => {
    const output = join(fresh(), "below");
    expect((await runCli(["demo", "--output", output])).code).toBe(0);
    expect(modesIn(join(output, ".."))).toMatchObject(PRIVATE);
    expect(modesIn(output).names).toEqual(
      expect.arrayContaining(["channel0.bin", "channel0.times", "recording.json", "source.log"]),
    );
  });

  test("what receive leaves: channels, traces, images, copied traces and declarations", async () => {
    const output = fresh();
    const { stream } = await ownStream({ memory: 1 << 20 });
    const trace = fixture("microvm-file", "source.simpletrace");
    const args = ["--listen", "-", "--output", output, "--source-trace", trace, "--events", events];
    await runCli(["receive", ...args], stream);
    expect(modesIn(output)).toMatchObject(PRIVATE);
    expect(modesIn(output).names).toEqual(
      expect.arrayContaining(["ram", "blocks.json", "channel0.bin", "source.simpletrace"]),
    );
  });

  test("what tap records, and the socket where it listens", async () => {
    const output = fresh();
    const [to, listen] = [fresh(), fresh()];
    const guest = { memory: 1 << 20, dirtyRate: 0 };
    const destination = createServer({ allowHalfOpen: true }, (socket) => {
      const machine = demoDestinationMachine(guest);
      void new MigrationDestination({ machine }).load(socket);
    });
    await new Promise<void>((resolve) => destination.listen(to, resolve));
    const declared = join(events, "migration", "trace-events");
    const tap = startCli([
      ...["tap", "--listen", `unix:${listen}`, "--to", `unix:${to}`, "--output", output],
      ...["--source-trace", fixture("microvm-file", "source.simpletrace")],
      ...["--source-events", declared, "--events", declared],
    ]);
    await tap.said("listening at ");
    expect(modeOf(listen)).toBe("600");
    const socket = createConnection({ path: listen, allowHalfOpen: true });
    await new MigrationSource({ machine: demoSourceMachine(guest) }).migrate(socket);
    await tap.result;
    destination.close();
    expect(modesIn(output)).toMatchObject(PRIVATE);
    expect(modesIn(output).names).toEqual(
      expect.arrayContaining(["channel0.return.bin", "source.trace-events-all"]),
    );
  });

  test("images of stream ram, and what stream edit writes", async () => {
    const [images, edited] = [fresh(), fresh()];
    await runCli(["stream", "ram", stream, "--output", images]);
    expect(modesIn(images)).toMatchObject(PRIVATE);
    expect(modesIn(images).names).toContain("blocks.json");
    await runCli(["stream", "edit", stream, "--output", edited]);
    expect(modeOf(edited)).toBe("600");
  });

  test("pages with the state of devices", async () => {
    const [page, dataSet] = [`${fresh()}.html`, fresh()];
    await runCli(["analyze", fixture("microvm-file"), "--events", events, "--output", page]);
    expect(modeOf(page)).toBe("600");
    const exported = ["export", fixture("microvm-file"), "--events", events, "--pages"];
    expect((await runCli([...exported, "--output", dataSet])).code).toBe(0);
    const [name] = readdirSync(join(dataSet, "pages"));
    expect(modeOf(join(dataSet, "pages", name!))).toBe("600");
  });
});

test("files of an older qtrace, which all can read, become private when they are written again", async () => {
  const [images, edited, received] = [fresh(), fresh(), fresh()];
  await runCli(["stream", "ram", stream, "--output", images]);
  await runCli(["stream", "edit", stream, "--output", edited]);
  const receive = ["receive", "--listen", "-", "--output", received];
  const { stream: own } = await ownStream({ memory: 1 << 20 });
  await runCli(receive, own);
  for (const file of [edited, join(images, "microvm.ram.img"), join(images, "blocks.json")]) {
    chmodSync(file, 0o644);
  }
  for (const name of readdirSync(received)) chmodSync(join(received, name), 0o755);
  await runCli(["stream", "ram", stream, "--output", images]);
  await runCli(["stream", "edit", stream, "--output", edited]);
  await runCli([...receive, "--force"], own);
  expect(modeOf(edited)).toBe("600");
  expect(modesIn(images)).toMatchObject(PRIVATE);
  expect(modesIn(received).files).toEqual(["600"]);
});

test("a folder that is there keeps its mode", async () => {
  const images = fresh();
  mkdirSync(images);
  chmodSync(images, 0o755);
  await runCli(["stream", "ram", stream, "--output", images]);
  expect(modesIn(images)).toMatchObject({ folders: ["755"], files: ["600"] });
});

test("links in a recording or among images are replaced, not followed", async () => {
  const victim = fresh();
  writeFileSync(victim, "mine");
  const { stream: own } = await ownStream({ memory: 1 << 20 });
  const [received, images] = [fresh(), fresh()];
  for (const [folder, image] of [
    [join(received, "ram"), "pc.ram.img"],
    [images, "microvm.ram.img"],
  ] as const) {
    mkdirSync(folder, { recursive: true });
    for (const name of [image, "blocks.json"]) symlinkSync(victim, join(folder, name));
  }
  expect(
    (await runCli(["receive", "--listen", "-", "--force", "--output", received], own)).code,
  ).toBe(0);
  expect((await runCli(["stream", "ram", stream, "--output", images])).code).toBe(0);
  const demo = fresh();
  mkdirSync(demo);
  for (const name of ["recording.json", "channel0.bin", "source.log", "result.json"]) {
    symlinkSync(victim, join(demo, name));
  }
  expect((await runCli(["demo", "--force", "--output", demo])).code).toBe(0);
  expect(statSync(victim).size).toBe(4);
  for (const folder of [received, images, demo]) {
    expect(modesIn(folder).files).toEqual(["600"]);
  }
});

test("a trace that QEMU wrote into the recording's folder itself is left there", async () => {
  const output = fresh();
  const receive = startCli(["receive", "--listen", `unix:${fresh()}`, "--output", output]);
  receive.interrupt();
  await receive.result;
  const socket = fresh();
  const trace = join(output, "source.simpletrace");
  const running = startCli([
    ...["receive", "--listen", `unix:${socket}`, "--output", output, "--source-trace", trace],
    ...["--events", events],
  ]);
  await running.said("migration at ");
  cpSync(fixture("microvm-file", "source.simpletrace"), trace);
  const machine = demoSourceMachine({ memory: 1 << 20, dirtyRate: 0 });
  const connected = createConnection({ path: socket, allowHalfOpen: true });
  await new MigrationSource({ machine }).migrate(connected);
  await running.result;
  expect(statSync(trace).size).toBe(statSync(fixture("microvm-file", "source.simpletrace")).size);
});
