import { expect, test } from "vitest";
import { aboutRecording, qemuVersion } from "../../src/fleet/about-recording.js";
import { partitionOf } from "../../src/fleet/partition.js";

test("takes what a recording says of itself", () => {
  const text =
    '{"qemu":"QEMU 10.2","host":"host1","time":"2026-11-24T10:00:00Z","capabilities":["xbzrle"]}';
  expect(aboutRecording(text)).toEqual({
    qemu: "QEMU 10.2",
    host: "host1",
    time: new Date("2026-11-24T10:00:00Z"),
    capabilities: ["xbzrle"],
  });
});

test.each([
  ["", {}],
  ["[]", {}],
  ["null", {}],
  ['{"host":7,"time":7,"qemu":{},"capabilities":"xbzrle"}', {}],
  ['{"capabilities":[1,"xbzrle"]}', { capabilities: ["xbzrle"] }],
])("leaves out what is not as it should be: %s", (text, wanted) => {
  expect(aboutRecording(text)).toEqual(wanted);
});

test.each(["", "a/b", "a b", "x".repeat(101), "a\n"])("%j is no host", (host) => {
  expect(aboutRecording(JSON.stringify({ host })).host).toBeUndefined();
});

test.each(["..", "::1", "host-1.example"])("%s is one, and stays in its folder", (host) => {
  expect(aboutRecording(JSON.stringify({ host })).host).toBe(host);
  const folder = partitionOf({ host, time: new Date(0) });
  expect(folder).toMatch(/^date=1970-01-01\/host=[\w.%-]+$/);
});

test.each(["+275760-09-13", "1066-10-14", "2026-13-01", "yesterday", "2026-11-24Tx"])(
  "%s is no time",
  (time) => expect(aboutRecording(JSON.stringify({ time })).time).toBeUndefined(),
);

test.each([
  ["QEMU emulator version 10.2.2", "10.2.2"],
  ["QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)", "10.0.2"],
  ["v11.0-rc1", "v11.0-rc1"],
  ["", ""],
])("the version of %j is %j", (words, version) => expect(qemuVersion(words)).toBe(version));
