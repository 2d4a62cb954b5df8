/**
 * Programs that some tests need beyond Node. A test that needs one says so, and is handed it:
 *
 *     testWith(["gcc"], "printf prints what glibc does", (tool) => {
 *       execFileSync(tool.gcc, […]);
 *     });
 *
 * Where it is missing, the test is skipped under a name that says so; see `tools.ts`, for tests that
 * need folders from elsewhere too. A test that needs none takes its words from here: then it is not
 * run again where only those folders are missing (`.ci/without-shared`).
 */

import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Needed, needing } from "./needing.js";

/** Each program, and how it is found. */
export const programs = {
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
  /** Programs that compress, and decompress what qtrace does not. */
  zstd: { label: "zstd", find: () => onPath("zstd") },
  xz: { label: "xz", find: () => onPath("xz") },
  bzip2: { label: "bzip2", find: () => onPath("bzip2") },
  lzop: { label: "lzop", find: () => onPath("lzop") },
  /** DuckDB, an optional dependency that not every machine can load. */
  duckdb: { label: "duckdb", find: loadableDuckdb },
  /** A server of ClickHouse. */
  clickhouse: { label: "clickhouse-server", find: () => onPath("clickhouse-server") },
  /** OpenSSL's program, which makes certificates. */
  openssl: { label: "openssl", find: () => onPath("openssl") },
  /** The program `mount`, where it may mount a file system in memory. */
  mount: { label: "mount", find: allowedMount },
} satisfies Record<string, Needed>;

/** The name of a program that a test may need. */
export type Program = keyof typeof programs;

export const { found, testWith, describeWith } = needing<Program>(programs);

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
  return with32BitProgram(() => found.gcc);
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
  const { gcc } = found;
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
