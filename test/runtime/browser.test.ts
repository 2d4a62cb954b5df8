/** Tracers and sinks in a browser, with a writer of the page's own. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { chromium } from "playwright-core";
import { expect } from "vitest";
import { generate } from "../../src/codegen/generate.js";
import { readRecords } from "../../src/traces/read-records.js";
import { testWith } from "../support/programs.js";
import { repoRoot } from "../support/repo-root.js";
import { modelsOf } from "./trace-events-of.js";

const models = modelsOf(
  'click(const char *id, uint64_t at, int n) "%s at %" PRIu64 ": %d"\n',
  "ui",
);

const program = `
import { addSink, enableEvents, LogSink, SimpleSink } from "${repoRoot}/src/runtime/index.ts";
import { trace_click } from "./ui.ts";

globalThis.traceClicks = async () => {
  const bytes = [];
  const lines = [];
  const slowly = async (piece) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    bytes.push(...piece);
  };
  const sink = new SimpleSink({ write: slowly, bufferSize: 100 });
  addSink(sink);
  addSink(new LogSink({ write: (text) => lines.push(text), bufferSize: 0 }));
  enableEvents("cl*");
  for (let n = 0; n < 50; n++) trace_click("Knöpfe", 2n ** 63n, n);
  await sink.close();
  return { bytes, lines };
};
`;

testWith(
  ["chromium"],
  "a browser's tracers write simpletrace and lines",
  async (tool) => {
    const folder = mkdtempSync(join(tmpdir(), "qtrace-"));
    const runtime = join(repoRoot, "src", "runtime", "index.ts");
    writeFileSync(join(folder, "ui.ts"), generate(models, { runtime }).get("ui.ts")!);
    const { outputFiles } = buildSync({
      stdin: { contents: program, resolveDir: folder, loader: "ts" },
      ...{ bundle: true, format: "iife", platform: "browser", write: false },
    });
    rmSync(folder, { recursive: true });
    const browser = await chromium.launch({
      executablePath: tool.chromium,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: outputFiles[0]!.text });
      const { bytes, lines } = (await page.evaluate("traceClicks()")) as {
        bytes: number[];
        lines: string[];
      };
      const read = [];
      for await (const record of readRecords(Uint8Array.from(bytes), models)) read.push(record);
      expect(read.map((record) => record.arguments)).toEqual(
        Array.from({ length: 50 }, (_, n) => ({ id: "Knöpfe", at: 2n ** 63n, n })),
      );
      expect(lines[49]).toMatch(/^\d{4}-\S+Z click Knöpfe at 9223372036854775808: 49\n$/);
    } finally {
      await browser.close();
    }
  },
  60_000,
);
