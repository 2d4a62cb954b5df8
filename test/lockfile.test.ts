import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repoRoot } from "./support/repo-root.js";

interface Package {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly packages: Readonly<Record<string, Package>>;
}

/** Types of the script, which is plain JavaScript: .ci must run before anything is installed. */
const { incompletePackages } = (await import(join(repoRoot, ".ci", "incomplete-packages.mjs"))) as {
  incompletePackages: (lock: Lockfile) => string[];
};

test("package-lock.json has each package with its checksum", () => {
  const lock = JSON.parse(readFileSync(join(repoRoot, "package-lock.json"), "utf8")) as Lockfile;
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
  expect(incompletePackages(lock)).toEqual([]);
  const integrities = Object.entries(lock.packages).filter(([path]) => path !== "");
  for (const [, { integrity }] of integrities) expect(integrity).toMatch(/^sha512-/);
});

test("a package without checksum, and one that is missing, are found", () => {
  const packages: Record<string, Package> = {
    "": { optionalDependencies: { absent: "1.0.0" } },
    "node_modules/a": { integrity: "sha512-x", optionalDependencies: { b: "1.0.0" } },
    "node_modules/b": {},
  };
  expect(incompletePackages({ packages }).sort()).toEqual([
    "node_modules/absent",
    "node_modules/b",
  ]);
});
