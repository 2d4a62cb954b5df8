import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manifest } from "../../src/codegen/manifest.js";
import { modelsOf } from "../runtime/trace-events-of.js";
import { repoRoot } from "../support/repo-root.js";

const events = modelsOf('# text\na(const char *s,void *p) "%s %p"\n\ndisable b(void) "b"\n', "hw");

test("a manifest has what is declared, in order", () => {
  const { version } = JSON.parse(readFileSync(join(repoRoot, "package.json"), "utf8"));
  expect(manifest(events)).toEqual({
    manifest: 1,
    generator: `qtrace ${version}`,
    events: [
      {
        id: 0,
        group: "hw",
        name: "a",
        disabled: false,
        arguments: [
          { name: "s", type: "const char *", kind: "string", wire: "string" },
          { name: "p", type: "void *", kind: "pointer", wire: "u64" },
        ],
        declaration: 'a(const char *s, void *p) "%s %p"',
        file: "trace-events",
        line: 2,
      },
      {
        id: 1,
        group: "hw",
        name: "b",
        disabled: true,
        arguments: [],
        declaration: 'disable b(void) "b"',
        file: "trace-events",
        line: 4,
      },
    ],
  });
});

test("a manifest calls files as it is asked to", () => {
  const files = manifest(events, (file) => `qemu/${file}`).events.map(({ file }) => file);
  expect(files).toEqual(["qemu/trace-events", "qemu/trace-events"]);
});
