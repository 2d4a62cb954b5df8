/**
 * What some tests need beyond Node: the shared folder, QEMU's scripts, programs of the machine.
 *
 * A test that needs such a thing says so, and is handed it:
 *
 *     testWith(["shared", "python", "qemuScripts"], "decode equals simpletrace.py", (tool) => {
 *       execFileSync(tool.python, [join(tool.qemuScripts, "simpletrace.py"), …]);
 *     });
 *
 *     describeWith(["shared"], "the corpus", (tool) => {
 *       for (const file of readdirSync(sharedPath("corpus"))) test(file, () => …);
 *     });
 *
 * Where one is missing, the test is skipped under a name that says so:
 * `decode equals simpletrace.py [needs python, qemu-scripts]`. A group that lacks something is not
 * entered, so its body may read files while it collects tests; one skipped test stands for it.
 * `skips-reporter.ts` counts the skips; with QTRACE_NO_SKIPS=1 they fail the run, as `.ci/run` does.
 *
 * The constants and `tools` are for the rest: `tools.gcc` is a path or undefined, looked for at the
 * first use and only once. Never `test.skipIf` on them: that skip would not say why.
 */

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, type TestContext, test } from "vitest";

/** Absolute path of the repository. */
export const repoRoot: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Each thing a test may need: what a skipped test's name calls it, and how it is found. */
const catalogue = {
  /** The shared folder: env QTRACE_SHARED, else `../shared` beside the repository. */
  shared: {
    label: "shared",
    find: () => folderWith("recordings", env("QTRACE_SHARED") ?? join(repoRoot, "..", "shared")),
  },
  /** The folder with QEMU's simpletrace.py, analyze-migration.py and tracetool/. */
  qemuScripts: {
    label: "qemu-scripts",
    find: () =>
      folderWith(
        "simpletrace.py",
        env("QTRACE_QEMU_SCRIPTS") ?? join(repoRoot, ".cache", "qemu-scripts"),
      ),
  },
  /** A Python 3 interpreter: the real one, where `python3` is a shim. */
  python: {
    label: "python",
    find: () => output("python3", ["-c", "import sys; print(sys.executable)"])?.trim() || undefined,
  },
  /** A C compiler. */
  gcc: { label: "gcc", find: () => onPath("gcc") },
  /** A C compiler that can also build 32-bit programs, with `-m32`. */
  gcc32: { label: "gcc-m32", find: gccWith32Bits },
  /** What runs a 32-bit program: `env` where the kernel can, else QEMU's emulator of a process. */
  run32: { label: "run-32-bit", find: runnerOf32Bits },
  /** A qemu-system-x86_64 of version 10 or newer: older ones do not know SWITCHOVER_START. */
  qemu: { label: "qemu-10", find: qemu10 },
  /** A Chromium, for tests of HTML pages. */
  chromium: { label: "chromium", find: () => onPath("chromium", "chromium-browser") },
  /** The compiler of protobuf, which decodes messages by their definitions. */
  protoc: { label: "protoc", find: () => onPath("protoc") },
  /** The folder with Perfetto's perfetto_trace.proto. */
  perfetto: {
    label: "perfetto-proto",
    find: () =>
      folderWith(
        "perfetto_trace.proto",
        env("QTRACE_PERFETTO") ?? join(repoRoot, ".cache", "perfetto"),
      ),
  },
  /** DuckDB, an optional dependency that not every machine can load. */
  duckdb: { label: "duckdb", find: loadableDuckdb },
  /** A server of ClickHouse. */
  clickhouse: { label: "clickhouse-server", find: () => onPath("clickhouse-server") },
  /** The program `mount`, where it may mount a file system in memory. */
  mount: { label: "mount", find: allowedMount },
} satisfies Record<string, { label: string; find: () => string | undefined }>;

/** The name of a thing that a test may need. */
export type Tool = keyof typeof catalogue;

const found = new Map<Tool, string | undefined>();

function locate(tool: Tool): string | undefined {
  if (!found.has(tool)) found.set(tool, catalogue[tool].find());
  return found.get(tool);
}

/** Where each tool is, or undefined; looked for at the first use, only once. */
export const tools: { readonly [name in Tool]: string | undefined } = Object.defineProperties(
  {} as { [name in Tool]: string | undefined },
  Object.fromEntries(
    (Object.keys(catalogue) as Tool[]).map((tool) => [tool, { get: () => locate(tool) }]),
  ),
);

/** Absolute path of the shared folder, or undefined where there is none. */
export const shared: string | undefined = tools.shared;

/** A path inside the shared folder. Throws where there is none: use it under `testWith(["shared"], …)`. */
export function sharedPath(...parts: string[]): string {
  if (shared === undefined) throw new Error("no shared folder: guard this test with `shared`");
  return join(shared, ...parts);
}

/** The labels of those among `needed` that are not to be had here. */
export function missing(needed: readonly Tool[]): string[] {
  return needed
    .filter((tool) => locate(tool) === undefined)
    .map((tool) => catalogue[tool].label)
    .sort();
}

/** The name under which a test is skipped; `skips-reporter.ts` reads the reason from it. */
export function skippedName(name: string, lacks: readonly string[]): string {
  return `${name} [needs ${lacks.join(", ")}]`;
}

/** The tools that were asked for, each a path. */
export type Found<T extends Tool> = { readonly [name in T]: string };

function hand<T extends Tool>(needed: readonly T[]): Found<T> {
  return Object.fromEntries(needed.map((tool) => [tool, locate(tool)])) as Found<T>;
}

/** `test` that needs tools: gets their paths, or is skipped by a name that tells what is missing. */
export function testWith<const T extends Tool>(
  needed: readonly T[],
  name: string,
  body: (tool: Found<T>, context: TestContext) => void | Promise<void>,
  timeout?: number,
): void {
  const lacks = missing(needed);
  if (lacks.length > 0) test.skip(skippedName(name, lacks), () => {});
  else test(name, (context) => body(hand(needed), context), timeout);
}

/** `describe` that needs tools: where one is missing, one skipped test stands for the group. */
export function describeWith<const T extends Tool>(
  needed: readonly T[],
  name: string,
  body: (tool: Found<T>) => void,
): void {
  const lacks = missing(needed);
  if (lacks.length > 0) test.skip(skippedName(name, lacks), () => {});
  else describe(name, () => body(hand(needed)));
}

function env(name: string): string | undefined {
  return process.env[name] || undefined;
}

function folderWith(entry: string, folder: string): string | undefined {
  return existsSync(join(folder, entry)) ? resolve(folder) : undefined;
}

function onPath(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What a program prints, or undefined where it is not there or fails. */
function output(program: string, args: readonly string[], input = ""): string | undefined {
  const run = spawnSync(program, args, { encoding: "utf8", input, timeout: 20_000 });
  return run.status === 0 ? run.stdout : undefined;
}

/** Links a program, since the compiler alone may be there without the 32-bit libraries. */
function gccWith32Bits(): string | undefined {
  return with32BitProgram(() => locate("gcc"));
}

/** A kernel may have its 32-bit emulation turned off. */
function runnerOf32Bits(): string | undefined {
  return with32BitProgram((program) =>
    [onPath("env"), onPath("qemu-i386", "qemu-i386-static")].find(
      (runner) => runner && output(runner, [program]) !== undefined,
    ),
  );
}

function with32BitProgram<T>(use: (program: string) => T): T | undefined {
  const gcc = locate("gcc");
  if (gcc === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "qtrace-m32-"));
  const program = join(folder, "a.out");
  const source = "#include <stdint.h>\nint main(void) { return 0; }";
  const built = output(gcc, ["-m32", "-x", "c", "-", "-o", program], source);
  const result = built === undefined ? undefined : use(program);
  rmSync(folder, { recursive: true });
  return result;
}

function loadableDuckdb(): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    require("@duckdb/node-api");
    return require.resolve("@duckdb/node-api");
  } catch {
    return undefined;
  }
}

function allowedMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "qtrace-mount-"));
  const mounted = output("mount", ["-t", "tmpfs", "tmpfs", folder]);
  if (mounted !== undefined) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true });
  return mounted === undefined ? undefined : onPath("mount");
}

function qemu10(): string | undefined {
  const qemu = onPath("qemu-system-x86_64");
  const version = qemu && output(qemu, ["--version"])?.match(/version (\d+)\./)?.[1];
  return Number(version ?? 0) >= 10 ? qemu : undefined;
}
