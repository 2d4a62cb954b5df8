/**
 * The house of docs/architecture.md as data: who may import whom. A failing test names each
 * forbidden arrow; take it out, or change the table here and in the document in one commit.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  cycles,
  danglingArrows,
  defaultExports,
  forbiddenArrows,
  globalUses,
  type House,
  onlyReExports,
  roomOf,
  type SourceText,
} from "./support/architecture.js";
import { repoRoot } from "./support/repo-root.js";

/** The rooms, those that others stand upon first. */
const rooms: House = {
  grammar: { rooms: [], packages: ["chevrotain"] },
  "src/bytes": { rooms: [] },
  "src/compression": { rooms: ["src/bytes"], packages: ["fflate", "xxhash-wasm"] },
  "src/printf": { rooms: [] },
  "src/version.ts": { rooms: [] },
  "src/glob.ts": { rooms: [] },
  "src/without-controls.ts": { rooms: [] },
  "src/diagnostics": { rooms: ["grammar", "src/without-controls.ts"], packages: ["sarif"] },
  "src/model": { rooms: ["grammar", "src/diagnostics", "src/printf"] },
  "src/lint": {
    rooms: ["src/model", "src/diagnostics", "src/glob.ts", "src/without-controls.ts", "grammar"],
  },
  "src/codegen": {
    rooms: ["src/model", "src/printf", "src/version.ts", "src/without-controls.ts"],
  },
  "src/runtime": {
    rooms: ["src/bytes", "src/glob.ts", "src/printf", "src/without-controls.ts"],
  },
  generated: { rooms: ["src/runtime"] },
  "src/traces": { rooms: ["src/bytes", "src/compression", "src/model", "src/printf"] },
  "src/migration/wire": {
    rooms: ["src/bytes", "src/compression"],
    packages: ["diff", "fflate"],
  },
  "src/migration/engine": { rooms: ["src/migration/wire", "generated", "src/runtime"] },
  "src/analysis": { rooms: ["src/traces", "src/migration/wire", "src/model"] },
  "src/fleet": {
    rooms: ["src/analysis", "src/traces", "src/migration/wire", "src/printf", "src/version.ts"],
    packages: ["hyparquet-writer"],
  },
  "src/report": {
    rooms: ["src/analysis", "src/migration/wire", "src/without-controls.ts"],
    packages: ["uplot"],
  },
};

/** The entries that are not a room's own: they gather what is public. */
const entryRooms: House = {
  "src/migration/index.ts": { rooms: ["src/migration/wire", "src/migration/engine", "src/bytes"] },
  "src/index.ts": { rooms: Object.keys(rooms) },
};

const house: House = {
  ...rooms,
  ...entryRooms,
  "src/cli": {
    rooms: [...Object.keys(rooms), ...Object.keys(entryRooms), "package.json"],
    packages: [
      "commander",
      "picocolors",
      "diff",
      "hyparquet",
      "hyparquet-writer",
      "hyparquet-writer/src/*",
      "@duckdb/node-api",
      "@clickhouse/client",
      "node:*",
    ],
  },
  "package.json": { rooms: [] },
};

/** The only files that may hold nothing but re-exports: package.json's `exports`. */
const entries = ["", "runtime/", "traces/", "migration/", "analysis/"].map(
  (room) => `src/${room}index.ts`,
);

/** These ask whether their host is Node, to open a file by its path and to use its zlib. */
const askForNode = ["src/traces/file-chunks.ts", "src/compression/node-zlib.ts"];

/** What only Node has: everything but the CLI runs in a browser too. */
const nodeGlobals = [
  "process",
  "Buffer",
  "require",
  "__dirname",
  "__filename",
  "setImmediate",
  "global",
];

const files: readonly SourceText[] = ["grammar", "src", "generated"]
  .filter((folder) => existsSync(join(repoRoot, folder)))
  .flatMap((folder) =>
    readdirSync(join(repoRoot, folder), { encoding: "utf8", recursive: true }).map(
      (path) => `${folder}/${path}`,
    ),
  )
  .filter((path) => path.endsWith(".ts"))
  .sort()
  .map((path) => ({ path, text: readFileSync(join(repoRoot, path), "utf8") }));

const outside = (room: string) => files.filter(({ path }) => roomOf(house, path) !== room);

describe("the house", () => {
  test("every file lives in a room", () => {
    expect(
      files.map(({ path }) => path).filter((path) => roomOf(house, path) === undefined),
    ).toEqual([]);
  });

  test.each(Object.keys(house))("%s imports only what it may", (room) => {
    const own = files.filter(({ path }) => roomOf(house, path) === room);
    expect(forbiddenArrows(house, own)).toEqual([]);
  });

  test("the simulated migrations know nothing of what they test", () => {
    const folder = "test/support/simulated-migration";
    const own = readdirSync(join(repoRoot, folder)).map((name) => {
      return {
        path: `${folder}/${name}`,
        text: readFileSync(join(repoRoot, folder, name), "utf8"),
      };
    });
    expect(own.length).toBeGreaterThan(5);
    expect(forbiddenArrows({ [folder]: { rooms: [], packages: ["node:*"] } }, own)).toEqual([]);
  });

  test("every import leads to a file", () => {
    expect(danglingArrows(files)).toEqual([]);
  });

  test("no file imports itself through others", () => {
    expect(cycles(files)).toEqual([]);
  });

  test("only the CLI uses Node's globals", () => {
    const others = outside("src/cli").filter(({ path }) => !askForNode.includes(path));
    expect(globalUses(nodeGlobals, others)).toEqual([]);
  });

  test("only entries do nothing but re-export", () => {
    expect(onlyReExports(files.filter(({ path }) => !entries.includes(path)))).toEqual([]);
  });

  test("exports of grammar/ and src/ have names", () => {
    expect(defaultExports(outside("generated"))).toEqual([]);
  });

  test("the table itself flows downwards", () => {
    const standing = Object.keys(rooms);
    for (const [index, room] of standing.entries())
      expect(standing.slice(0, index), room).toEqual(
        expect.arrayContaining([...rooms[room]!.rooms]),
      );
  });
});
