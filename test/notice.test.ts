/** NOTICE names each third-party package whose code is in dist or in the HTML pages. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import tsupConfig from "../tsup.config.js";
import { repoRoot } from "./support/repo-root.js";

const manifest = JSON.parse(readFileSync(join(repoRoot, "package.json"), "utf8"));

/** The folders in node_modules whose modules esbuild puts into the bundles of these entries. */
async function bundledFolders(entries: readonly string[], external: string[]): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: repoRoot,
    entryPoints: [...entries],
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    loader: { ".css": "css" },
    external,
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const outputs = Object.values(metafile.outputs);
  return outputs.flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => {
      const [, folder] = /^(?:.*\/)?(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
      return folder !== undefined && bytesInOutput > 0 ? [folder] : [];
    }),
  );
}

/** As tsup does it: dependencies of package.json stay outside, unless the configuration says else. */
async function bundledIntoDist(): Promise<string[]> {
  const folders: string[] = [];
  for (const { entry, noExternal = [] } of tsupConfig as {
    entry: Record<string, string>;
    noExternal?: string[];
  }[]) {
    const { dependencies, optionalDependencies } = manifest;
    const own = Object.keys({ ...dependencies, ...optionalDependencies });
    const external = own.filter((name) => !noExternal.includes(name));
    folders.push(...(await bundledFolders(Object.values(entry), external)));
  }
  return folders;
}

/** A package's heading, and the text of its license. */
function licenseOf(folder: string): readonly [heading: string, text: string] {
  const { name, version, license } = JSON.parse(
    readFileSync(join(repoRoot, folder, "package.json"), "utf8"),
  );
  const files = readdirSync(join(repoRoot, folder));
  const texts = files.filter((file) => /^(licen[cs]e|notice)(\.(md|txt))?$/i.test(file)).sort();
  if (texts.length === 0) throw new Error(`${name} has no text of its license`);
  const read = (file: string) => readFileSync(join(repoRoot, folder, file), "utf8");
  const clean = (text: string) =>
    text
      .replace(/\r\n?/g, "\n")
      .replace(/[ \t]+$/gm, "")
      .trim();
  const text = texts.map((file) => clean(read(file))).join("\n\n");
  return [`${name} ${version} (${license})`, text];
}

/** One section per text, as several packages may have the same one. */
function sections(folders: readonly string[]): string[] {
  const packages = new Map<string, string[]>();
  for (const [heading, text] of folders.map(licenseOf)) {
    packages.set(text, [...(packages.get(text) ?? []), heading]);
  }
  return [...packages].map(([text, headings]) => `${headings.join("\n")}\n\n${text}\n`);
}

const RULE = `\n${"-".repeat(78)}\n\n`;

test("NOTICE has the licenses of all bundled code (npm run docs updates it)", async () => {
  const pages = ["src/report/html/page/main.ts", "src/report/fleet/page/main.ts"];
  const used = [...(await bundledIntoDist()), ...(await bundledFolders(pages, []))];
  const folders = [...new Set(used)].sort();
  expect(folders).toContain("node_modules/uplot");
  expect(folders).toContain("node_modules/commander");
  const head = "qtrace includes code of these packages in its bundles and in its HTML pages.\n";
  const text = [head, ...sections(folders)].join(RULE);
  await expect(text).toMatchFileSnapshot(join(repoRoot, "NOTICE"));
});

test("the package has NOTICE, SECURITY.md and LICENSE", () => {
  expect(manifest.files).toEqual(expect.arrayContaining(["NOTICE", "SECURITY.md"]));
  for (const file of ["LICENSE", "NOTICE", "SECURITY.md"]) {
    expect(existsSync(join(repoRoot, file))).toBe(true);
  }
});

test("a release is published with provenance", () => {
  expect(manifest.publishConfig).toMatchObject({ provenance: true });
});
